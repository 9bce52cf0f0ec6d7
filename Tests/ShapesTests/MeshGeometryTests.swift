import BSBBasics
import Testing

@testable import BSBShapes

/// A grid of `size` by `size` vertices over the unit square, in the plane z = 0.
func grid(_ size: Int) -> Mesh {
    let step = 1 / Float(size - 1)
    let vertices = (0..<size * size).map { SIMD3<Float>(Float($0 % size) * step, Float($0 / size) * step, 0) }
    let faces = (0..<(size - 1) * (size - 1)).flatMap { cell -> [SIMD3<UInt32>] in
        let corner = UInt32(cell / (size - 1) * size + cell % (size - 1))
        let (right, up) = (corner + 1, corner + UInt32(size))
        return [SIMD3(corner, right, up + 1), SIMD3(corner, up + 1, up)]
    }
    return Mesh(vertices: vertices, faces: faces)
}

@Suite struct MeshGeometryTests {
    @Test func normalsAndAreasOfABox() {
        let mesh = box()
        #expect(mesh.faceAreas().allSatisfy { abs($0 - 2) < 1e-9 })
        #expect(mesh.faceNormals()[0] == SIMD3(0, 0, -1) && mesh.faceNormals()[2] == SIMD3(0, 0, 1))
        #expect(abs(mesh.vertexAreas().reduce(0, +) - 24) < 1e-9)
        for (normal, vertex) in zip(mesh.vertexNormals(), mesh.vertices) { #expect(dot(normal, vertex) > 1.4) }
        let apart = unwelded(mesh)
        for (normal, vertex) in zip(apart.vertexNormals(), apart.vertices) { #expect(dot(normal, vertex) > 1.4) }
        #expect(apart.vertexNormals(welded: false)[0] == SIMD3(0, 0, -1))
    }

    @Test func degenerateTrianglesHaveNoNormal() {
        let mesh = Mesh(vertices: [SIMD3(0, 0, 0), SIMD3(1, 0, 0), SIMD3(2, 0, 0), SIMD3(9, 9, 9)], faces: [SIMD3(0, 1, 2)])
        #expect(mesh.faceNormals() == [.zero] && mesh.vertexNormals().allSatisfy { $0 == .zero } && mesh.vertexAreas() == [0, 0, 0, 0])
    }

    @Test func edgeDistances() {
        for mesh in [grid(9), unwelded(grid(9))] {
            let adjacency = Adjacency(mesh)
            let distances = mesh.edgeDistances(from: [0], adjacency: adjacency)
            for (distance, vertex) in zip(distances, mesh.vertices) {
                // Diagonals run one way: the way is diagonal as far as both coordinates go.
                let expected = min(vertex.x, vertex.y) * Float(2).squareRoot() + abs(vertex.x - vertex.y)
                #expect(abs(distance - expected) < 1e-5)
            }
        }
        let apart = Mesh(vertices: box().vertices + [SIMD3(9, 9, 9)], faces: box().faces)
        let distances = apart.edgeDistances(from: [0, 7, -1, 99], adjacency: Adjacency(apart))
        #expect(distances[8] == .infinity && distances[0] == 0 && distances[7] == 0 && distances[1] == 2)
    }

    @Test func farthestPointsSpread() {
        var mesh = grid(9)
        #expect(mesh.farthestPoints(count: 4) == [0, 80, 8, 72])
        #expect(mesh.farthestPoints(count: 500).count == 81)
        #expect(mesh.farthestPoints(count: 0) == [])
        mesh.vertices.append(SIMD3(100, 0, 0))
        #expect(mesh.farthestPoints(count: 2, from: 81) == [0, 80])
        let chosen = mesh.farthestPoints(count: 20)
        for k in 1..<20 {
            func gap(_ vertex: Int) -> Float { chosen[..<k].map { length(mesh.vertices[vertex] - mesh.vertices[$0]) }.min()! }
            #expect(gap(chosen[k]) == (0..<81).map(gap).max())
        }
    }
}
