import BSBBackbones
import BSBBasics
import BSBDistillation
import BSBImages
import BSBLinearAlgebra
import Testing

@testable import BSBCorrespondence

@Suite struct FeatureAlignmentTests {
    private let dimension = 4

    private func vectors(_ count: Int, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count * dimension).map { _ in generator.uniform(-1, 1) }
    }

    private func grid(_ values: [Float]) -> FeatureGrid {
        FeatureGrid(columns: 6, rows: 6, dimension: dimension, values: values, map: PlaneMap(scaleX: 0.5, scaleY: 0.5))
    }

    private func field(_ values: [Float]) -> FeatureField {
        FeatureField(
            values: Matrix(rows: values.count / dimension, columns: dimension, values: values),
            observed: [Bool](repeating: true, count: values.count / dimension))
    }

    private var everything: Mask { Mask(width: 12, height: 12) { _, _ in true } }

    @Test func meansAreTakenOff() {
        let eligible = (0..<50).map { $0 != 7 }
        let (photo, mesh) = FeatureAlignment.means.aligned(
            grid(vectors(36, seed: 1)), object: everything, SurfaceFeatures(field(vectors(50, seed: 2)), eligible: eligible))
        let cells = Matrix(rows: 36, columns: dimension, values: photo.values)
        let vertices = mesh.field.values.gatheringRows(eligible.indices.filter { eligible[$0] })
        #expect(cells.columnMeans().allSatisfy { abs($0) < 1e-5 })
        #expect(vertices.columnMeans().allSatisfy { abs($0) < 1e-5 })
    }

    @Test func whiteningMakesAllDirectionsVaryAlike() {
        var values = vectors(400, seed: 3)
        for row in 0..<400 { values[row * dimension] *= 0.5 }
        let (_, mesh) = FeatureAlignment.whitening.aligned(
            grid(vectors(36, seed: 1)), object: everything, SurfaceFeatures(field(values)))
        let covariance = Matrix.product(mesh.field.values.transposed, mesh.field.values.factor)
        for i in 0..<dimension {
            for j in 0..<dimension {
                let value = covariance[i, j] / 400
                // The ridge keeps variances below 1, those that were small the most.
                #expect(i == j ? (0.5...1).contains(value) : abs(value) < 0.1)
            }
        }
    }

    @Test func nothingIsDoneByDefault() {
        let (photo, mesh) = (grid(vectors(36, seed: 1)), field(vectors(5, seed: 2)))
        let aligned = FeatureAlignment.none.aligned(photo, object: everything, SurfaceFeatures(mesh))
        #expect(aligned.photo == photo && aligned.mesh.field == mesh)
    }

    @Test func meanFeatureIsOfTheMasksCells() {
        let photo = grid((0..<36).flatMap { cell -> [Float] in cell % 6 < 3 ? [2, 0, 0, 0] : [0, 3, 0, 0] })
        #expect(photo.meanFeature(in: Mask(width: 12, height: 12) { x, _ in x < 6 }) == [1, 0, 0, 0])
        #expect(photo.meanFeature(in: Mask(width: 12, height: 12)) == nil)
        #expect(photo.cells(in: everything).count == 36)
    }
}
