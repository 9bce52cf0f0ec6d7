import BSBBasics
import BSBImages
import Testing

@testable import BSBBackbones

@Suite struct GridKnotsTests {
    private static func grid(_ generator: inout SeededGenerator, side: Int, stride: Int, width: Int, height: Int) -> FeatureGrid {
        let cells = side / stride
        let map = ImagePreparation(side: side).map(width: width, height: height, stride: Float(stride))
        let values = (0..<cells * cells * 3).map { _ in generator.uniform(-1, 1) }
        return FeatureGrid(columns: cells, rows: cells, dimension: 3, values: values, map: map)
    }

    /// The published code step by step: the features of every pixel of the frame, to be interpolated over the picture.
    private static func frame(_ grid: FeatureGrid, stride: Int, _ size: (width: Int, height: Int)) -> FeatureGrid {
        let plane = FeatureGrid(
            columns: grid.columns, rows: grid.rows, dimension: 3, values: grid.values,
            map: PlaneMap(scaleX: 1 / Float(stride), scaleY: 1 / Float(stride)))
        var frame: [Float] = []
        for y in 0..<size.height { for x in 0..<size.width { frame += plane.feature(at: [Float(x) + 0.5, Float(y) + 0.5]) } }
        let toFrame = PlaneMap(scaleX: grid.map.scaleX * Float(stride), scaleY: grid.map.scaleY * Float(stride))
        return FeatureGrid(columns: size.width, rows: size.height, dimension: 3, values: frame, map: toFrame)
    }

    @Test(arguments: [(28, 4, 50, 40), (56, 14, 72, 50), (56, 14, 30, 56), (15, 5, 15, 15), (42, 14, 9, 4), (28, 14, 300, 3)])
    func interpolationIsThatOfBothSteps(side: Int, stride: Int, width: Int, height: Int) {
        var generator = SeededGenerator(seed: 11, stream: UInt64(side * 1000 + width))
        let grid = Self.grid(&generator, side: side, stride: stride, width: width, height: height)
        let size = ImagePreparation(side: side).resizedSize(width: width, height: height)
        let composite = grid.interpolatedOverFrame(stride: Float(stride), width: size.width, height: size.height)
        #expect(composite.columns <= 2 * grid.columns && composite.rows <= 2 * grid.rows)
        let frame = Self.frame(grid, stride: stride, size)
        for y in 0..<height {
            for x in 0..<width {
                let pixel = SIMD2(Float(x) + 0.5, Float(y) + 0.5)
                #expect(largestDifference(composite.feature(at: pixel), frame.feature(at: pixel)) < 1e-4)
            }
        }
    }

    @Test func placesGoThereAndBack() {
        let knots = GridKnots(x: [0.4, 0.6, 1.4, 3], y: [2])
        let grid = FeatureGrid(
            columns: 4, rows: 1, dimension: 1, values: [0, 1, 2, 3], map: PlaneMap(scaleX: 0.5, scaleY: 1, offsetX: 0.1), knots: knots)
        #expect(grid.column(at: -5) == 0 && grid.column(at: 100) == 3 && grid.row(at: 7) == 0 && grid.column(at: .nan) == 0)
        for place in [0, 0.25, 1, 1.5, 2.75, 3] as [Float] {
            #expect(abs(grid.column(at: grid.point(column: place, row: 0).x) - place) < 1e-5)
        }
        #expect(abs(grid.feature(at: [(1 - 0.1) / 0.5, 0])[0] - 1.5) < 1e-5)
    }
}
