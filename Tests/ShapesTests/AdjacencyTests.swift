import BSBBasics
import Testing

@testable import BSBShapes

/// Random triangles over a few places, with repeats and collapsed ones.
func soup(_ seed: UInt64, vertices: Int = 30, faces: Int = 60) -> Mesh {
    var generator = SeededGenerator(seed: seed)
    let points = (0..<vertices).map { _ in
        SIMD3(Float(generator.index(below: 3)), Float(generator.index(below: 3)), Float(generator.index(below: 3)))
    }
    let triangles = (0..<faces).map { _ in
        SIMD3(UInt32(generator.index(below: vertices)), UInt32(generator.index(below: vertices)), UInt32(generator.index(below: vertices)))
    }
    return Mesh(vertices: points, faces: triangles)
}

/// The same surface with three vertices of its own for each triangle.
func unwelded(_ mesh: Mesh) -> Mesh {
    let vertices = mesh.faces.flatMap { face in (0..<3).map { mesh.vertices[Int(face[$0])] } }
    let faces = mesh.faces.indices.map { SIMD3(UInt32(3 * $0), UInt32(3 * $0 + 1), UInt32(3 * $0 + 2)) }
    return Mesh(vertices: vertices, faces: faces)
}

@Suite struct AdjacencyTests {
    @Test func aBoxAndItsSoupHaveTheSameNeighbourhoods() {
        for mesh in [box(), unwelded(box())] {
            let adjacency = Adjacency(mesh)
            #expect(adjacency.weld.count == 8 && adjacency.edges.count == 18)
            let edgeFaces = adjacency.edgeFaces()
            #expect((0..<18).allSatisfy { edgeFaces[$0].count == 2 })
            #expect(adjacency.faceComponents().count == 1)
        }
        #expect(Adjacency(box()).oneRing()[0] == [1, 2, 3, 4, 5, 6])
    }

    @Test(arguments: 0..<20) func agreesWithBruteForce(_ seed: UInt64) {
        let mesh = soup(seed)
        let adjacency = Adjacency(mesh)
        let weld = adjacency.weld
        for i in mesh.vertices.indices {
            for j in mesh.vertices.indices { #expect((weld.welded[i] == weld.welded[j]) == (mesh.vertices[i] == mesh.vertices[j])) }
            #expect(mesh.vertices[Int(weld.representative[Int(weld.welded[i])])] == mesh.vertices[i])
        }
        var edges: [Adjacency.Edge: [UInt32]] = [:]
        for (index, face) in mesh.faces.enumerated() {
            let c = weld.corners(face)
            for (a, b) in [(c.x, c.y), (c.y, c.z), (c.z, c.x)] where a != b {
                edges[.init(a: min(a, b), b: max(a, b)), default: []] += c.isCollapsed ? [] : [UInt32(index)]
            }
        }
        #expect(adjacency.edges == edges.keys.sorted { ($0.a, $0.b) < ($1.a, $1.b) })
        let (edgeFaces, oneRing) = (adjacency.edgeFaces(), adjacency.oneRing())
        for (index, edge) in adjacency.edges.enumerated() { #expect(Array(edgeFaces[index]) == edges[edge]) }
        for (face, c) in adjacency.triangles.enumerated() {
            for side in 0..<3 {
                let (a, b, edge) = (c[side], c[(side + 1) % 3], adjacency.triangleEdges[face][side])
                #expect(a == b ? edge == -1 : adjacency.edges[Int(edge)] == .init(a: min(a, b), b: max(a, b)))
            }
        }
        for vertex in 0..<weld.count {
            let ring = edges.keys.compactMap { $0.a == vertex ? $0.b : $0.b == vertex ? $0.a : nil }.sorted()
            #expect(Array(oneRing[vertex]) == ring)
        }
    }

    @Test(arguments: 0..<10) func componentsAgreeWithSpreading(_ seed: UInt64) {
        var mesh = soup(seed, vertices: 60, faces: 14)
        mesh.vertices = mesh.vertices.enumerated().map { $1 + SIMD3(Float($0 % 4) * 10, 0, 0) }
        let adjacency = Adjacency(mesh)
        let found = adjacency.faceComponents()
        var label = mesh.faces.indices.map { $0 }
        for _ in label {
            for i in label.indices {
                for j in label.indices where touch(adjacency.weld.corners(mesh.faces[i]), adjacency.weld.corners(mesh.faces[j])) {
                    label[j] = min(label[i], label[j])
                }
            }
        }
        #expect(Set(label).count == found.count)
        for i in label.indices { for j in label.indices { #expect((label[i] == label[j]) == (found.ofFace[i] == found.ofFace[j])) } }
    }

    private func touch(_ a: SIMD3<UInt32>, _ b: SIMD3<UInt32>) -> Bool {
        (0..<3).contains { i in (0..<3).contains { a[i] == b[$0] } }
    }

    @Test func negativeZeroIsZero() {
        #expect(Weld([SIMD3(0, 0, 0), SIMD3(-0.0, 0, -0.0)]).count == 1)
    }
}
