import BSBBasics
import Foundation
import BSBShapes
import Testing

@testable import BSBExamples

struct ExampleShapeTests {
    /// One shape of each kind, made once for all tests, with few vertices: unoptimised builds are slow.
    private static let shapes: [ExampleKind: ExampleShape] = {
        let made = try? Parallelism().map(ExampleKind.allCases.count) { index in
            try ExampleShape(ExampleKind.allCases[index], seed: 1, vertices: 500)
        }
        return Dictionary(uniqueKeysWithValues: (made ?? []).map { ($0.kind, $0) })
    }()

    @Test(arguments: ExampleKind.allCases)
    func facesAreLabelledAndSound(kind: ExampleKind) throws {
        let shape = try #require(Self.shapes[kind])
        #expect(shape.partOfFace.count == shape.mesh.faces.count)
        #expect(shape.partOfFace.allSatisfy { Int($0) < shape.partNames.count })
        #expect(Surface(shape.mesh).leastArea > 1e-9)
        #expect(shape.mesh.vertices.count < 12_000)
    }

    @Test(arguments: ExampleKind.allCases)
    func groupsPartitionTheFaces(kind: ExampleKind) throws {
        let shape = try #require(Self.shapes[kind])
        let names = shape.mesh.groups.map(\.name)
        #expect(names == shape.partNames.filter(names.contains))
        #expect(names.count >= 2)
        let all = shape.mesh.groups.flatMap(\.fileFaces).sorted()
        #expect(all == (0..<UInt32(shape.mesh.faces.count)).map { $0 })
        for group in shape.mesh.groups {
            #expect(group.fileFaces.allSatisfy { shape.partNames[Int(shape.partOfFace[Int($0)])] == group.name })
        }
    }

    @Test(arguments: ExampleKind.allCases)
    func componentsAreClosedAndWoundOutward(kind: ExampleKind) throws {
        let surface = Surface(try #require(Self.shapes[kind]).mesh)
        #expect(surface.openEdges == 0)
        #expect(surface.volumes.allSatisfy { $0 > 0 })
    }

    @Test(arguments: ExampleKind.allCases)
    func boundsAreCentredWithUnitSide(kind: ExampleKind) throws {
        let bounds = Bounds(around: try #require(Self.shapes[kind]).mesh.vertices)
        #expect(abs(bounds.size.max() - 1) < 1e-5)
        #expect(bounds.size.min() > 0.04)
        #expect(length(bounds.low + bounds.high) < 1e-5)
    }

    @Test(arguments: ExampleKind.allCases)
    func seedsGiveDifferentShapes(kind: ExampleKind) {
        let sizes = (0..<UInt64(20)).map { seed -> Point in
            var random = SeededGenerator(seed: seed)
            let sculpture = kind.sculpture(&random)
            return sculpture.components.reduce(sculpture.components[0].solid.bounds) { $0.union($1.solid.bounds) }.size
        }
        #expect(sizes.allSatisfy { $0.min() > 0 && $0.max() < 3 })
        #expect(Set(sizes).count == sizes.count)
    }

    @Test(arguments: [ExampleKind.mug, .table])
    func sameSeedGivesTheSameShape(kind: ExampleKind) throws {
        #expect(try ExampleShape(kind, seed: 1, vertices: 500) == Self.shapes[kind])
    }

    @Test func vertexTargetIsMet() throws {
        let count = try ExampleShape(.mug, seed: 4, vertices: 8_000).mesh.vertices.count
        #expect(abs(count - 8_000) < 500)
    }

    @Test func partsAreWhereTheyBelong() throws {
        #expect(try mean("head", .guitar).y > mean("neck", .guitar).y)
        #expect(try mean("neck", .guitar).y > mean("soundhole", .guitar).y)
        #expect(try mean("soundhole", .guitar).y > mean("bridge", .guitar).y)
        #expect(try mean("backsupport", .chair).y > mean("support", .chair).y)
        #expect(try mean("support", .chair).y > mean("leg", .chair).y)
        #expect(try mean("shade", .lamp).y > mean("base", .lamp).y)
        #expect(try mean("head", .animal).z > mean("tail", .animal).z)
        #expect(try mean("handle", .mug).x > mean("body", .mug).x)
        #expect(try mean("body", .airplane).z > mean("rudder", .airplane).z)
    }

    @Test(arguments: [Int.min, -1, 0, 499, 100_001, Int.max])
    func refusesAbsurdCounts(count: Int) {
        #expect(throws: Failure.self) { try ExampleShape(.mug, seed: 0, vertices: count) }
    }

    @Test func extremeSeedsWork() throws {
        #expect(try ExampleShape(.mug, seed: .max, vertices: 500).mesh.faces.count > 500)
    }

    private func mean(_ part: String, _ kind: ExampleKind) throws -> Point {
        let shape = try #require(Self.shapes[kind])
        let faces = try #require(shape.mesh.groups.first { $0.name == part }).fileFaces
        let sum = faces.reduce(Point.zero) { $0 + shape.mesh.vertices[Int(shape.mesh.faces[Int($1)].x)] }
        return sum / Float(faces.count)
    }
}

/// What the tests measure of a triangle mesh.
private struct Surface {
    /// Directed edges without exactly as many opposite ones.
    var openEdges = 0
    var leastArea = Float.infinity
    /// The signed volume of each connected component.
    var volumes: [Float] = []

    init(_ mesh: Mesh) {
        var parent = Array(mesh.vertices.indices)
        func root(_ vertex: Int) -> Int {
            var at = vertex
            while parent[at] != at {
                parent[at] = parent[parent[at]]
                at = parent[at]
            }
            return at
        }
        var balance: [UInt64: Int] = [:]
        for face in mesh.faces {
            for k in 0..<3 {
                let (a, b) = (UInt64(face[k]), UInt64(face[(k + 1) % 3]))
                balance[min(a, b) << 32 | max(a, b), default: 0] += a < b ? 1 : -1
                parent[root(Int(a))] = root(Int(b))
            }
        }
        openEdges = balance.values.filter { $0 != 0 }.count
        var volume: [Int: Float] = [:]
        for face in mesh.faces {
            let (a, b, c) = (mesh.vertices[Int(face.x)], mesh.vertices[Int(face.y)], mesh.vertices[Int(face.z)])
            leastArea = min(leastArea, length(cross(b - a, c - a)) / 2)
            volume[root(Int(face.x)), default: 0] += dot(a, cross(b, c)) / 6
        }
        volumes = Array(volume.values)
    }
}
