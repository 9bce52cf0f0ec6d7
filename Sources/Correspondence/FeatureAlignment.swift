import BSBBackbones
import BSBDistillation
import BSBImages
import BSBLinearAlgebra

/// What is done to the features of photo and mesh before they are compared.
///
/// Photos and grey renders differ by more than what they show; what all features of one side have in common says nothing about parts.
package enum FeatureAlignment: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing, as published.
    case none
    /// The mean feature of the object is taken off the photo's, the mean feature of the mesh off the mesh's.
    case means
    /// The same, and then what varies much over the mesh is weakened until all directions vary alike (whitening).
    case whitening
}

extension FeatureAlignment {
    /// The aligned features of a photo and a mesh.
    ///
    /// All steps are affine, so interpolating between cells commutes with them.
    /// - Parameters:
    ///   - photo: the photo's features.
    ///   - object: where the object is in the photo.
    ///   - mesh: the mesh's features, #V x d.
    /// - Complexity: O((cells + #V) d), with whitening O((cells + #V) d^2 + d^3).
    func aligned(_ photo: FeatureGrid, object: Mask, _ mesh: SurfaceFeatures) -> (photo: FeatureGrid, mesh: SurfaceFeatures) {
        guard self != .none else { return (photo, mesh) }
        let field = mesh.field
        var cells = Matrix(rows: photo.rows * photo.columns, columns: photo.dimension, values: photo.values).withNormalizedRows()
        var vertices = field.values.withNormalizedRows()
        let inside = photo.cells(in: object)
        let counted = mesh.eligible.indices.filter { mesh.eligible[$0] }
        cells.subtract((inside.isEmpty ? cells : cells.gatheringRows(inside)).columnMeans())
        vertices.subtract(vertices.gatheringRows(counted).columnMeans())
        if self == .whitening {
            let transform = Self.whitening(of: vertices.gatheringRows(counted))
            cells = Matrix.product(cells.factor, transform.transposed)
            vertices = Matrix.product(vertices.factor, transform.transposed)
        }
        let grid = FeatureGrid(
            columns: photo.columns, rows: photo.rows, dimension: photo.dimension, values: cells.values, map: photo.map, knots: photo.knots)
        return (grid, mesh.with(FeatureField(values: vertices, observed: field.observed)))
    }

    /// The inverse of the Cholesky factor of the rows' covariance, to which a tenth of its mean variance is added on the diagonal: d x d.
    ///
    /// Cosines after it are those after the symmetric (ZCA) whitening.
    private static func whitening(of rows: Matrix) -> Matrix {
        let d = rows.columns
        let covariance = Matrix.product(rows.transposed, rows.factor)
        let scale = 1 / Double(max(rows.rows, 1))
        var factor = covariance.values.map { Double($0) * scale }
        let ridge = max((0..<d).reduce(0) { $0 + factor[$1 * d + $1] } / Double(d) * 0.1, 1e-12)
        for i in 0..<d { factor[i * d + i] += ridge }
        for j in 0..<d {
            for i in j..<d {
                var sum = factor[i * d + j]
                for k in 0..<j { sum -= factor[i * d + k] * factor[j * d + k] }
                factor[i * d + j] = i == j ? max(sum, 1e-18).squareRoot() : sum / factor[j * d + j]
            }
        }
        var inverse = [Double](repeating: 0, count: d * d)
        for column in 0..<d {
            for i in column..<d {
                var sum = i == column ? 1.0 : 0
                for k in column..<i { sum -= factor[i * d + k] * inverse[k * d + column] }
                inverse[i * d + column] = sum / factor[i * d + i]
            }
        }
        return Matrix(rows: d, columns: d, values: inverse.map { Float($0) })
    }
}

extension Matrix {
    fileprivate mutating func subtract(_ row: [Float]) {
        for i in values.indices { values[i] -= row[i % columns] }
    }
}

extension FeatureGrid {
    /// The cells whose centre is in a mask of the picture.
    func cells(in mask: Mask) -> [Int] {
        (0..<rows * columns).filter { cell in
            let point = point(column: Float(cell % columns), row: Float(cell / columns))
            guard point.x >= 0, point.y >= 0, point.x < Float(mask.width), point.y < Float(mask.height) else { return false }
            return mask[Int(point.x), Int(point.y)]
        }
    }

    /// The mean of the unit features in a mask, nil if it has no cell.
    func meanFeature(in mask: Mask) -> [Float]? {
        let inside = cells(in: mask)
        guard !inside.isEmpty else { return nil }
        let all = Matrix(rows: rows * columns, columns: dimension, values: values)
        return all.gatheringRows(inside).withNormalizedRows().columnMeans()
    }
}
