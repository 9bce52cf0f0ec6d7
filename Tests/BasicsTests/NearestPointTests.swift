import Testing

@testable import BSBBasics

@Suite struct NearestPointTests {
    @Test(arguments: [1, 2, 7, 60])
    func isThatOfALoopAndTheLowestOfEquals(_ count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        // Coordinates of few values, so that many distances are equal.
        func point() -> SIMD3<Float> {
            let uniform = SIMD3(generator.uniform(), generator.uniform(), generator.uniform())
            return (uniform * 6).rounded(.down)
        }
        let points = (0..<count).map { _ in point() }
        let tree = NearestPoint(points)
        for _ in 0..<200 {
            let query = point()
            let distances = points.map { ((query - $0) * (query - $0)).sum() }
            #expect(tree.nearest(to: query) == distances.indices.min { (distances[$0], $0) < (distances[$1], $1) })
        }
    }

    @Test func ofNoPointsThereIsNone() {
        #expect(NearestPoint([]).nearest(to: .zero) == nil)
    }
}
