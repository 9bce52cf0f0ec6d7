import BSBBackbones
import BSBBasics
import BSBDistillation
import BSBLinearAlgebra
import Foundation
import Testing

@testable import BSBCorrespondence

/// Labels that go from picture to picture, and what a mesh says about cells, with features that are known.
@Suite struct LabelPropagationTests {
    /// A row of cells in a picture of 10 x 10 pixels for each.
    static func cells(_ features: [[Float]]) -> FeatureCells {
        let grid = FeatureGrid(
            columns: features.count, rows: 1, dimension: features[0].count, values: features.flatMap { $0 },
            map: PlaneMap(scaleX: 0.1, scaleY: 0.1))
        return FeatureCells(grid, width: 10 * features.count, height: 10)
    }

    static func reference(_ features: [[Float]], _ labels: [[Float]], reach: Float? = nil) -> LabelPropagation.Reference {
        LabelPropagation.Reference(
            cells(features), labels: Matrix(rows: labels.count, columns: labels[0].count, values: labels.flatMap { $0 }), reach: reach)
    }

    @Test func cellsHaveUnitDirectionsAndCenters() {
        let cells = Self.cells([[3, 4], [0, 0], [0, 2], [1, 0]])
        #expect(cells.directions.values == [0.6, 0.8, 0, 0, 0, 1, 1, 0])
        #expect(cells.centers.map(\.x) == [0.125, 0.375, 0.625, 0.875] && cells.centers.allSatisfy { $0.y == 0.125 })
    }

    @Test func theMostSimilarCellsHaveASay() {
        var propagation = LabelPropagation()
        propagation.neighbours = 1
        let first = Self.reference([[1, 0], [0, 1]], [[1, 0], [0, 1]])
        let swapped = Self.cells([[0.1, 2], [2, 0.1]])
        #expect(propagation.labels(of: swapped, from: [first]).values == [0, 1, 1, 0])
        // Of two, by the softmax of their cosines 1 and 0.
        propagation.neighbours = 2
        propagation.temperature = 0.5
        let shares = propagation.labels(of: Self.cells([[1, 0]]), from: [first])
        let expected = 1 / (1 + exp(-2.0))
        #expect(abs(Double(shares[0, 0]) - expected) < 1e-5 && abs(Double(shares[0, 1]) - 1 + expected) < 1e-5)
    }

    @Test func allReferencesAreComparedTogether() {
        var propagation = LabelPropagation()
        propagation.neighbours = 1
        let near = Self.reference([[1, 0.5], [0, 1]], [[1, 0], [0, 1]])
        let better = Self.reference([[1, 0.1], [0, 1]], [[0, 1], [0, 1]])
        #expect(propagation.labels(of: Self.cells([[1, 0]]), from: [near, better]).values == [0, 1])
        #expect(propagation.labels(of: Self.cells([[1, 0.5]]), from: [near, better]).values == [1, 0])
    }

    @Test func whatIsOutOfReachHasNoSay() {
        var propagation = LabelPropagation()
        propagation.neighbours = 1
        let features: [[Float]] = [[1, 0], [0, 1], [0, 1], [0.6, 0.8]]
        let labels: [[Float]] = [[1, 0], [0, 1], [0, 1], [1, 0]]
        let query = Self.cells([[0, 1], [0, 1], [0, 1], [1, 0]])
        // The last cell is most like the first, which is three cells away, and a cell is a quarter of the picture.
        #expect(propagation.labels(of: query, from: [Self.reference(features, labels)]).row(3) == [1, 0])
        let close = propagation.labels(of: query, from: [Self.reference(features, [[1, 0], [0, 1], [0, 1], [0, 1]], reach: 0.26)])
        #expect(close.row(3) == [0, 1])
    }

    @Test func theNumberOfThreadsChangesNothing() {
        var generator = SeededGenerator(seed: 3)
        func features() -> [[Float]] { (0..<700).map { _ in (0..<6).map { _ in generator.gaussian() } } }
        let reference = Self.reference(features(), (0..<700).map { [Float($0 % 2), Float(1 - $0 % 2)] }, reach: 0.4)
        let query = Self.cells(features())
        let one = LabelPropagation().labels(of: query, from: [reference])
        #expect(one == LabelPropagation().labels(of: query, from: [reference], parallelism: Parallelism(threads: 3)))
        for row in 0..<700 { #expect(abs(one.row(row).reduce(0, +) - 1) < 1e-5) }
    }

    @Test func aMeshTellsWhatCellsAreOf() throws {
        let field = FeatureField(
            values: Matrix(rows: 4, columns: 3, values: [1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]), observed: [Bool](repeating: true, count: 4))
        // The first two vertices look alike; one of them, three times as large, is in the part. The last is of no face.
        let mesh = SurfaceFeatures(field, eligible: [true, true, true, false], areas: [0.3, 0.1, 0.6, 0])
        let membership = try #require(SurfaceMembership(of: [1, 0, 0, 1], on: mesh))
        let values = membership.values(at: Self.cells([[2, 0, 0], [0, 3, 0], [0, 0, 1]]))
        #expect(abs(values.membership[0] - 0.75) < 1e-4)
        #expect(values.membership[1] < 1e-4 && values.likeness[1] == 0)
        #expect(abs(values.likeness[0] - 1) < 1e-5)
        // What is like nothing that can be asked is like all of it alike.
        #expect(abs(values.membership[2] - 0.3) < 1e-4)
        let none = SurfaceFeatures(field, eligible: [false, false, false, false])
        #expect(SurfaceMembership(of: [1, 0, 0, 1], on: none) == nil)
    }
}
