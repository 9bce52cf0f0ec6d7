import Basics
import Foundation
import Shapes
import Testing

@testable import Examples

struct ExampleShapeTests {
    /// Few vertices keep the tests quick; the shapes' smallest details still set a least number.
    private static let vertices = 1500
    private static let seeds: [UInt64] = [0, 1, 2]

    @Test(arguments: ExampleKind.allCases)
    func facesAreLabelledAndSound(kind: ExampleKind) throws {
        for seed in Self.seeds {
            let shape = try ExampleShape(kind, seed: seed, vertices: Self.vertices)
            #expect(shape.partOfFace.count == shape.mesh.faces.count)
            #expect(shape.partOfFace.allSatisfy { Int($0) < shape.partNames.count })
            #expect(Surface(shape.mesh).leastArea > 1e-9, "\(kind) \(seed)")
            #expect(shape.mesh.vertices.count < 12_000)
        }
    }

    @Test(arguments: ExampleKind.allCases)
    func groupsPartitionTheFaces(kind: ExampleKind) throws {
        let shape = try ExampleShape(kind, seed: 5, vertices: Self.vertices)
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
        for seed in Self.seeds {
            let surface = Surface(try ExampleShape(kind, seed: seed, vertices: Self.vertices).mesh)
            #expect(surface.openEdges == 0, "\(kind) \(seed)")
            #expect(surface.volumes.allSatisfy { $0 > 0 }, "\(kind) \(seed)")
        }
    }

    @Test(arguments: ExampleKind.allCases)
    func boundsAreCentredWithUnitSide(kind: ExampleKind) throws {
        let bounds = Bounds(around: try ExampleShape(kind, seed: 3, vertices: Self.vertices).mesh.vertices)
        #expect(abs(bounds.size.max() - 1) < 1e-5)
        #expect(bounds.size.min() > 0.04)
        #expect(length(bounds.low + bounds.high) < 1e-5)
    }

    @Test(arguments: ExampleKind.allCases)
    func seedsDecideTheShape(kind: ExampleKind) throws {
        let shape = try ExampleShape(kind, seed: 1, vertices: Self.vertices)
        #expect(try ExampleShape(kind, seed: 1, vertices: Self.vertices) == shape)
        let other = try ExampleShape(kind, seed: 2, vertices: Self.vertices)
        let (a, b) = (Bounds(around: shape.mesh.vertices).size, Bounds(around: other.mesh.vertices).size)
        #expect(length(a - b) > 1e-3)
    }

    @Test func vertexTargetIsMet() throws {
        for kind in [ExampleKind.animal, .mug] {
            let count = try ExampleShape(kind, seed: 4, vertices: 6_000).mesh.vertices.count
            #expect(abs(count - 6_000) < 500, "\(kind): \(count)")
        }
    }

    @Test func partsAreWhereTheyBelong() throws {
        let guitar = try ExampleShape(.guitar, seed: 1, vertices: 3_000)
        #expect(height(of: "head", guitar) > height(of: "neck", guitar))
        #expect(height(of: "neck", guitar) > height(of: "soundhole", guitar))
        #expect(height(of: "soundhole", guitar) > height(of: "bridge", guitar))
        let chair = try ExampleShape(.chair, seed: 1, vertices: Self.vertices)
        #expect(height(of: "backsupport", chair) > height(of: "support", chair))
        #expect(height(of: "support", chair) > height(of: "leg", chair))
        let lamp = try ExampleShape(.lamp, seed: 1, vertices: Self.vertices)
        #expect(height(of: "shade", lamp) > height(of: "base", lamp))
        let animal = try ExampleShape(.animal, seed: 1, vertices: Self.vertices)
        #expect(mean("head", animal).z > mean("tail", animal).z)
    }

    @Test(arguments: [Int.min, -1, 0, 499, 100_001, Int.max])
    func refusesAbsurdCounts(count: Int) {
        #expect(throws: Failure.self) { try ExampleShape(.mug, seed: 0, vertices: count) }
    }

    @Test func extremeSeedsWork() throws {
        #expect(try ExampleShape(.table, seed: .max, vertices: 500).mesh.faces.count > 500)
    }

    private func height(of part: String, _ shape: ExampleShape) -> Float {
        mean(part, shape).y
    }

    private func mean(_ part: String, _ shape: ExampleShape) -> Point {
        let faces = shape.mesh.groups.first { $0.name == part }?.fileFaces ?? []
        let sum = faces.reduce(Point.zero) { $0 + shape.mesh.vertices[Int(shape.mesh.faces[Int($1)].x)] }
        return sum / Float(max(faces.count, 1))
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
