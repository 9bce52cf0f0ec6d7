import BSBShapes
import TestSupport
import Testing

@testable import BSBInteractiveSegmentation

@Suite struct ConnectedPieceTests {
    /// Boxes that share no vertex, and for each vertex the box that it is of.
    private func boxes(_ corners: [(SIMD3<Float>, SIMD3<Float>)]) throws -> (surface: SurfaceModel, box: [Int]) {
        let parts = corners.map { box($0.0, $0.1) }
        return (try SurfaceModel(merged(parts)), parts.enumerated().flatMap { index, mesh in mesh.vertices.map { _ in index } })
    }

    private func kept(_ inside: (Int) -> Bool, click: Int, _ boxes: (surface: SurfaceModel, box: [Int])) -> Set<Int> {
        let segment = SurfaceSegment(probability: boxes.box.map { inside($0) ? 0.9 : 0.1 })
        let click = SurfaceClick(boxes.box.firstIndex(of: click)!)
        let labels = ConnectedPiece().kept(segment, clicks: [click], surface: boxes.surface).vertexLabels
        for number in Set(boxes.box) { #expect(Set(zip(boxes.box, labels).filter { $0.0 == number }.map(\.1)).count == 1, "in halves") }
        return Set(zip(boxes.box, labels).filter(\.1).map(\.0))
    }

    @Test func onlyThePieceOfTheClickIsKept() throws {
        let handles = try boxes([([-3, 0, 0], [-2, 1, 1]), ([-1, 0, 0], [1, 1, 1]), ([2, 0, 0], [3, 1, 1])])
        #expect(kept({ $0 != 1 }, click: 0, handles) == [0])
        #expect(kept({ $0 != 1 }, click: 2, handles) == [2])
    }

    @Test func shellsWithinEachOtherHangTogether() throws {
        // A cup's outer and inner wall, what is in it, and another cup.
        let cups = try boxes([
            ([0, 0, 0], [2, 2, 2]), ([0.1, 0.1, 0.1], [1.9, 1.9, 2.05]), ([0.5, 0.5, 0.5], [1, 1, 1]), ([5, 0, 0], [7, 2, 2]),
        ])
        #expect(kept({ _ in true }, click: 0, cups) == [0, 1, 2])
        #expect(kept({ _ in true }, click: 2, cups) == [0, 1, 2])
        #expect(kept({ $0 != 1 }, click: 3, cups) == [3])
    }

    @Test func piecesOfOneShellNeedAPath() throws {
        // Both caps of a ball are the part, and nothing between them.
        let mesh = sphereMesh(8)
        let surface = try SurfaceModel(mesh)
        let isCap = mesh.vertices.map { abs($0.x) > 0.5 }
        let segment = SurfaceSegment(probability: isCap.map { $0 ? 0.9 : 0 })
        let click = isCap.firstIndex(of: true)!
        let labels = ConnectedPiece().kept(segment, clicks: [SurfaceClick(click)], surface: surface).vertexLabels
        // The slow way: what can be reached along triangles whose corners are all in the part.
        var reached: Set<SIMD3<Float>> = [mesh.vertices[click]]
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for face in mesh.faces {
                for (a, b) in [(0, 1), (1, 2), (2, 0), (1, 0), (2, 1), (0, 2)] {
                    let (first, second) = (Int(face[a]), Int(face[b]))
                    guard isCap[first], isCap[second], reached.contains(mesh.vertices[first]) else { continue }
                    if reached.insert(mesh.vertices[second]).inserted { isGrowing = true }
                }
            }
        }
        #expect(labels == mesh.vertices.map { reached.contains($0) })
        #expect(labels.count { $0 } < isCap.count { $0 })
    }

    @Test func aClickOutsideThePartChangesNothing() throws {
        let pair = try boxes([([0, 0, 0], [1, 1, 1]), ([3, 0, 0], [4, 1, 1])])
        let segment = SurfaceSegment(probability: pair.box.map { $0 == 0 ? 0.8 : 0.2 })
        #expect(ConnectedPiece().kept(segment, clicks: [SurfaceClick(pair.box.count - 1)], surface: pair.surface) == segment)
    }
}
