import BSBBasics
import BSBShapes
import Testing

@testable import BSBAnswering
@testable import BSBResults
@testable import BSBWorkbench

/// The whole job on meshes that break lesser programs: each gives an answer for the file's own vertices and faces, or a failure.
@Suite struct OddMeshTests {
    static let cube: Mesh = {
        let vertices = (0..<8).map { SIMD3<Float>($0 & 1 == 0 ? -1 : 1, $0 & 2 == 0 ? -1 : 1, $0 & 4 == 0 ? -1 : 1) }
        let quads: [[UInt32]] = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]
        return Mesh(vertices: vertices, faces: quads.flatMap { [[$0[0], $0[1], $0[2]], [$0[0], $0[2], $0[3]]] })
    }()

    static var meshes: [(String, Mesh)] {
        var (inverted, mixed, far, stray, sharp) = (cube, cube, cube, cube, cube)
        inverted.faces = cube.faces.map { [$0.x, $0.z, $0.y] }
        for face in stride(from: 0, to: 12, by: 2) { mixed.faces[face] = inverted.faces[face] }
        far.vertices[7] = [20, 20, 20]
        stray.vertices += [[1e9, 0, 0], [0, 0, 0]]
        sharp.faces += [[0, 1, 6], [0, 1, 7], [0, 1, 5]]
        sharp.fileFace += [12, 13, 14]
        sharp.fileFaceCount = 15
        let sheet = Mesh(vertices: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], faces: [[0, 1, 2]])
        let soup = Mesh(
            vertices: cube.faces.flatMap { face in (0..<3).map { cube.vertices[Int(face[$0])] } },
            faces: (0..<12).map { [3 * $0, 3 * $0 + 1, 3 * $0 + 2] })
        let triangle: [SIMD3<Float>] = [[0, 0, 0], [0.1, 0, 0], [0, 0.1, 0]]
        let parts = Mesh(
            vertices: (0..<2000).flatMap { part in triangle.map { $0 + SIMD3(Float(part % 50), Float(part / 50), 0) } },
            faces: (0..<2000).map { [3 * $0, 3 * $0 + 1, 3 * $0 + 2] })
        return [
            ("inside out", inverted), ("mixed winding", mixed), ("one vertex far away", far), ("unused vertices", stray),
            ("edges of many faces", sharp), ("an open sheet of one face", sheet), ("unwelded", soup), ("thousands of parts", parts),
        ]
    }

    @Test func oddMeshesAreMatched() throws {
        let bench = PipelineTests.bench()
        let (_, photo, click) = try PipelineTests.inputs(bench)
        for (name, mesh) in Self.meshes {
            let prepared = try OpenMesh(mesh, name: name, hash: name)
            let outcome = try bench.answer(click, in: photo, on: prepared)
            #expect(!outcome.correspondence.candidates.isEmpty, "\(name)")
            #expect(outcome.correspondence.candidates.allSatisfy { prepared.referenced[$0.vertex] }, "\(name)")
            guard let segment = outcome.segment else { continue }
            #expect(segment.probability.count == mesh.vertices.count, "\(name)")
            #expect(segment.probability.allSatisfy { (0...1).contains($0) }, "\(name)")
            let document = try MatchOutputs(outcome, at: bench).write(to: nil)
            #expect((0...1).contains(try #require(document.segment).fraction), "\(name)")
        }
    }

    /// What cannot be seen cannot be matched.
    @Test func meshesThatNobodySeesAreFailures() throws {
        var needle = Self.cube
        needle.vertices[7] = [1e6, 1e6, 1e6]
        let bench = PipelineTests.bench()
        let (_, photo, click) = try PipelineTests.inputs(bench)
        for mesh in [
            Mesh(vertices: [[0, 0, 0], [1, 0, 0], [2, 0, 0]], faces: [[0, 1, 2]]),
            Mesh(vertices: [[5, 5, 5], [5, 5, 5], [5, 5, 5]], faces: [[0, 1, 2]]), needle,
        ] {
            let failure = #expect(throws: Failure.self) {
                _ = try bench.answer(click, in: photo, on: OpenMesh(mesh, name: "flat.obj", hash: "flat"))
            }
            #expect(failure?.kind == .badInput)
        }
    }
}
