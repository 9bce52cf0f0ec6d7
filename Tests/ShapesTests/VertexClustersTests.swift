import BSBBasics
import TestSupport
import Testing

@testable import BSBShapes

@Suite struct VertexClustersTests {
    private func clusters(_ mesh: Mesh, _ limit: Int) -> VertexClusters? {
        VertexClusters(mesh, adjacency: Adjacency(mesh), limit: limit)
    }

    /// Triangles at random places, of corners of their own or of random vertices.
    private func loose(_ count: Int, sharingVertices: Bool) -> Mesh {
        var generator = SeededGenerator(seed: 5)
        func point() -> SIMD3<Float> { SIMD3(generator.uniform(), generator.uniform(), generator.uniform()) }
        let vertices = (0..<(sharingVertices ? count : 3 * count)).map { _ in point() }
        func corner(_ face: Int, _ place: Int) -> UInt32 {
            UInt32(sharingVertices ? generator.index(below: count) : 3 * face + place)
        }
        var faces: [SIMD3<UInt32>] = []
        for face in 0..<count {
            let (a, b, c) = (corner(face, 0), corner(face, 1), corner(face, 2))
            faces.append(SIMD3(a, b, c))
        }
        return Mesh(vertices: vertices, faces: faces.filter { !$0.isCollapsed })
    }

    @Test(arguments: [200, 1000, 5000]) func aSphereHasNearlyAsManyAsWanted(limit: Int) throws {
        let mesh = sphereMesh(48)
        #expect(clusters(mesh, mesh.vertices.count) == nil)
        let found = try #require(clusters(mesh, limit))
        #expect(found.count <= limit && 2 * found.count >= limit, "\(found.count)")
        #expect(found.ofVertex.count == mesh.vertices.count)
        for (cluster, vertex) in found.vertices.enumerated() { #expect(Int(found.ofVertex[Int(vertex)]) == cluster) }
        // Clusters are small: no vertex is far from the one that stands for its cluster.
        let reach = 6 / Float(limit).squareRoot()
        for (vertex, cluster) in found.ofVertex.enumerated() {
            let offset = mesh.vertices[vertex] - mesh.vertices[Int(found.vertices[Int(cluster)])]
            #expect((offset * offset).sum().squareRoot() < reach)
        }
        #expect(abs(found.sums([Double](repeating: 1, count: mesh.vertices.count)).reduce(0, +) - Double(mesh.vertices.count)) < 1e-9)
    }

    @Test func theMeshOfClustersHasTheTrianglesInOrder() throws {
        let mesh = sphereMesh(30)
        let found = try #require(clusters(mesh, 300))
        let coarse = found.mesh(mesh)
        try coarse.validate()
        #expect(coarse.faces.count == mesh.faces.count && coarse.vertices.count == found.count)
        #expect(Adjacency(coarse).faceComponents().count >= 1 && Adjacency(coarse).weld.count == found.count)
        for (face, corners) in coarse.faces.enumerated() {
            for corner in 0..<3 { #expect(corners[corner] == found.ofVertex[Int(mesh.faces[face][corner])]) }
        }
    }

    @Test func theTwoSidesOfAThinWallStayApart() throws {
        var inner = sphereMesh(40)
        inner.vertices = inner.vertices.map { $0 * 0.999 }
        let outer = sphereMesh(40)
        let mesh = merged([outer, inner])
        let found = try #require(clusters(mesh, 800))
        let first = Set(found.ofVertex[..<outer.vertices.count])
        #expect(first.isDisjoint(with: Set(found.ofVertex[outer.vertices.count...])))
    }

    @Test(arguments: [true, false]) func looseTrianglesAreNoMoreThanTheLimit(sharingVertices: Bool) throws {
        let mesh = loose(4000, sharingVertices: sharingVertices)
        let found = try #require(clusters(mesh, 1000))
        #expect(found.count <= 1000 && found.count >= 400, "\(found.count)")
    }

    @Test func placesTooCloseOrTooFarForFloatsAreClusteredToo() throws {
        for scale in [0, 1e-44, 1e38] as [Float] {
            var mesh = sphereMesh(24)
            mesh.vertices = mesh.vertices.map { $0 * scale }
            let found = try #require(clusters(mesh, 200))
            #expect(found.count >= 1 && found.count <= 200)
        }
    }

    @Test func whatNoTriangleUsesStandsForNothingElse() throws {
        var mesh = sphereMesh(30)
        let used = mesh.vertices.count
        mesh.vertices += mesh.vertices.map { $0 * 1.001 }
        let found = try #require(clusters(mesh, 500))
        #expect(found.count <= 500)
        let isUsed = Set(found.ofVertex[..<used])
        for cluster in isUsed { #expect(Int(found.vertices[Int(cluster)]) < used) }
    }
}

@Suite struct RepeatTests {
    @Test func onlyWhatIsWoundAlikeIsHidden() {
        let vertices: [SIMD3<Float>] = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
        let faces: [SIMD3<UInt32>] = [[0, 1, 2], [1, 2, 4], [2, 1, 0], [0, 1, 3], [4, 2, 1], [0, 0, 1]]
        let adjacency = Adjacency(Mesh(vertices: vertices, faces: faces))
        #expect(adjacency.repeats().map(\.face) == [1, 2, 4])
        #expect(adjacency.repeats().hidden == [1, 4])
        #expect(MeshReport(Mesh(vertices: vertices, faces: faces)).duplicateFaces == 3)
    }

    @Test(arguments: 0..<10) func agreesWithASetOfSortedCorners(_ seed: UInt64) {
        let mesh = soup(seed, vertices: 12, faces: 300)
        let adjacency = Adjacency(mesh)
        var seen = Set<[UInt32]>()
        let expected = adjacency.triangles.indices.filter { face in
            let c = adjacency.triangles[face]
            let sorted = [c.x, c.y, c.z].sorted()
            return Set(sorted).count == 3 && !seen.insert(sorted).inserted
        }
        #expect(adjacency.repeats().map { Int($0.face) } == expected)
    }
}
