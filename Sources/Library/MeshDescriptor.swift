import BSBBasics
import BSBLinearAlgebra
import Foundation

/// What the first stage of a search knows of a mesh: a direction for the whole object, and one for each of its regions.
///
/// Regions are clusters of the kept vertices' unit features, weighted by area (spherical k-means, Dhillon and Modha 2001). The first centre is
/// the row most like the whole, each next one that least like all before; so nothing is drawn by chance.
package struct MeshDescriptor: Hashable, Sendable {
    /// The number of regions.
    package static let regions = 16
    private static let rounds = 8

    /// (1 + regions) x d unit vectors: the whole, then its regions.
    package let vectors: Matrix

    /// The descriptor of what is kept of a mesh.
    ///
    /// Complexity: O(rounds x n x regions x d).
    package init(_ features: StoredFeatures) {
        let rows = features.values().withNormalizedRows()
        let weights = features.areas.map { max($0, 1e-9) }
        var whole = Matrix(rows: 1, columns: rows.columns)
        Self.add(rows, weights, [Int](repeating: 0, count: rows.rows), to: &whole)
        whole.normalizeRows()
        var centres = Self.start(rows, whole)
        for _ in 0..<Self.rounds where rows.rows > 0 {
            let cosines = Matrix.product(rows.factor, centres.transposed)
            let owners = (0..<rows.rows).map { row in
                let values = cosines.row(row)
                return values.indices.max { (values[$0], $1) < (values[$1], $0) }! - values.startIndex
            }
            var sums = Matrix(rows: centres.rows, columns: centres.columns)
            Self.add(rows, weights, owners, to: &sums)
            let isUsed = Set(owners)
            sums.normalizeRows()
            for row in 0..<sums.rows where isUsed.contains(row) {
                for column in 0..<sums.columns { centres[row, column] = sums[row, column] }
            }
        }
        vectors = Matrix(rows: 1 + centres.rows, columns: rows.columns, values: whole.values + centres.values)
    }

    private static func add(_ rows: Matrix, _ weights: [Float], _ owners: [Int], to sums: inout Matrix) {
        let columns = rows.columns
        for (row, owner) in owners.enumerated() {
            for column in 0..<columns { sums.values[owner * columns + column] += weights[row] * rows.values[row * columns + column] }
        }
    }

    /// As many rows as there are regions, which come again where a mesh has fewer.
    private static func start(_ rows: Matrix, _ whole: Matrix) -> Matrix {
        guard rows.rows > 0 else { return Matrix(rows: regions, columns: rows.columns) }
        func likeness(_ row: Int) -> [Float] {
            Matrix.product(rows.factor, rows.factor(rows: row..<(row + 1)).transposed).values
        }
        let first = Matrix.product(rows.factor, whole.transposed).values
        var chosen = [first.indices.max { (first[$0], $1) < (first[$1], $0) }!]
        var nearest = likeness(chosen[0])
        while chosen.count < regions {
            let next = nearest.indices.min { (nearest[$0], $0) < (nearest[$1], $1) }!
            chosen.append(next)
            nearest = zip(nearest, likeness(next)).map { max($0, $1) }
        }
        return rows.gatheringRows(chosen)
    }
}

extension MeshDescriptor {
    /// The vectors in half precision, row after row.
    var data: Data { vectors.values.map(HalfPrecision.bits).withUnsafeBytes { Data($0) } }

    /// The length of the vectors in a descriptor's bytes.
    static func dimension(of data: Data) -> Int { data.count / 2 / (1 + regions) }

    /// The bytes of a descriptor of vectors of `dimension` numbers.
    static func byteCount(_ dimension: Int) -> Int { 2 * (1 + regions) * dimension }

    /// The values of a descriptor of vectors of `dimension` numbers; nil where the bytes are none.
    static func values(_ data: Data, dimension: Int) -> [Float]? {
        guard data.count == byteCount(dimension) else { return nil }
        return data.withUnsafeBytes { bytes in
            (0..<(data.count / 2)).map { HalfPrecision.float(bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)) }
        }
    }
}
