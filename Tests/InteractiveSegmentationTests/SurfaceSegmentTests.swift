import BSBBasics
import BSBShapes
import Testing

@testable import BSBInteractiveSegmentation

@Suite struct SurfaceSegmentTests {
    @Test func otsuSeparatesTwoGroups() {
        let values = [Float](repeating: 0.1, count: 70) + [Float](repeating: 0.6, count: 30)
        let segment = SurfaceSegment(probability: values, threshold: .otsu)
        #expect(segment.threshold > 0.1 && segment.threshold <= 0.6)
        #expect(segment.vertexLabels.count { $0 } == 30)
        #expect(otsuThreshold([0.3, 0.3]) == 0.5)
        #expect(otsuThreshold([]) == 0.5)
    }

    @Test func aFileFaceIsInByTheMeanOfItsCorners() {
        // A quad cut into two triangles, and a triangle on its own.
        let mesh = Mesh(
            vertices: [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [2, 0, 0]], faces: [[0, 1, 2], [0, 2, 3], [1, 4, 2]],
            fileFace: [0, 0, 1], fileFaceCount: 3)
        let segment = SurfaceSegment(probability: [1, 1, 0.2, 0, 0])
        #expect(segment.fileFaceLabels(mesh) == [true, false, false])
    }
}
