import BSBBasics
import BSBShapes
import BSBWorkbench
import Foundation

/// A change of a mesh that leaves what it means as it is.
package enum MeshChange: String, Sendable, Hashable, Codable, CaseIterable {
    /// No change but of the seed that turns the views: how much answers differ anyway.
    case otherViews = "other views"
    /// Moved by three times its size.
    case translated
    /// A thousand times as large.
    case scaled
    /// Turned by 60 degrees around the axis up.
    case turned = "turned around up"
    /// Turned by a random rotation.
    case rotated = "rotated at random"
    /// Each triangle cut into four.
    case subdivided
    /// Each triangle cut into four until there are so many vertices that they are worked on in clusters.
    case clustered = "subdivided into clusters"
    /// Vertices merged in cells of twice the mean length of edges.
    case decimated
    /// Vertices moved by a Gaussian of a hundredth of the radius.
    case noisy = "noise of 1 %"
}

extension MeshChange {
    /// The changed shape, and the way back of its points.
    ///
    /// Complexity: O(#V + #F).
    func applied(to shape: LabelledShape, seed: UInt64) -> (shape: LabelledShape, back: @Sendable (SIMD3<Float>) -> SIMD3<Float>) {
        var result = shape
        var back: @Sendable (SIMD3<Float>) -> SIMD3<Float> = { $0 }
        var generator = SeededGenerator(seed: seed ^ 0x1_7A12, stream: 0)
        let (center, radius) = Self.extent(of: shape.mesh)
        switch self {
        case .otherViews: break
        case .translated:
            let offset = SIMD3<Float>(3, -2, 1) * radius * 2
            result.mesh.vertices = shape.mesh.vertices.map { $0 + offset }
            back = { $0 - offset }
        case .scaled:
            result.mesh.vertices = shape.mesh.vertices.map { $0 * 1000 }
            back = { $0 / 1000 }
        case .turned, .rotated:
            let up = shape.pose.up.direction ?? [0, 1, 0]
            let axis = self == .turned ? up : Self.direction(&generator)
            let angle = self == .turned ? Float.pi / 3 : generator.uniform(0.5, .pi)
            result.mesh.vertices = shape.mesh.vertices.map { RenderMatcher.rotated($0 - center, around: axis, by: angle) + center }
            back = { RenderMatcher.rotated($0 - center, around: axis, by: -angle) + center }
        case .subdivided: result = shape.subdivided()
        case .clustered:
            repeat {
                result = result.subdivided()
            } while result.mesh.vertices.count <= OpenMesh.usualClusterLimit && !result.mesh.faces.isEmpty
        case .decimated: result = shape.decimated(cell: 2 * Self.meanEdge(of: shape.mesh))
        case .noisy:
            result.mesh.vertices = shape.mesh.vertices.map {
                $0 + SIMD3(generator.gaussian(), generator.gaussian(), generator.gaussian()) * 0.01 * radius
            }
        }
        if self != .otherViews { result.hash = ContentHash(of: Array("\(shape.hash) \(rawValue) \(seed)".utf8)).hex }
        return (result, back)
    }

    private static func direction(_ generator: inout SeededGenerator) -> SIMD3<Float> {
        let vector = SIMD3(generator.gaussian(), generator.gaussian(), generator.gaussian())
        return vector.direction ?? [0, 0, 1]
    }

    static func extent(of mesh: Mesh) -> (center: SIMD3<Float>, radius: Float) {
        let center = mesh.vertices.reduce(SIMD3<Float>.zero, +) / Float(max(mesh.vertices.count, 1))
        let squared = mesh.vertices.map { (($0 - center) * ($0 - center)).sum() }.max() ?? 1
        return (center, max(squared.squareRoot(), .leastNormalMagnitude))
    }

    private static func meanEdge(of mesh: Mesh) -> Float {
        var sum: Float = 0
        for face in mesh.faces {
            let offset = mesh.vertices[Int(face.x)] - mesh.vertices[Int(face.y)]
            sum += (offset * offset).sum().squareRoot()
        }
        return sum / Float(max(mesh.faces.count, 1))
    }
}

extension LabelledShape {
    /// The shape with faces of its own mesh's numbering instead of the file's.
    private func replaced(vertices: [SIMD3<Float>], faces: [SIMD3<UInt32>], parts: [Int]) -> LabelledShape {
        var shape = self
        shape.mesh = Mesh(vertices: vertices, faces: faces)
        shape.labels.perFace = parts
        return shape
    }

    /// The shape with each triangle cut into four at the middles of its sides; the vertices there were come first.
    func subdivided() -> LabelledShape {
        var vertices = mesh.vertices
        var middles: [SIMD2<UInt32>: UInt32] = [:]
        func middle(_ a: UInt32, _ b: UInt32) -> UInt32 {
            let edge = SIMD2(min(a, b), max(a, b))
            if let known = middles[edge] { return known }
            vertices.append((mesh.vertices[Int(a)] + mesh.vertices[Int(b)]) / 2)
            middles[edge] = UInt32(vertices.count - 1)
            return UInt32(vertices.count - 1)
        }
        var (faces, parts): ([SIMD3<UInt32>], [Int]) = ([], [])
        for (face, fileFace) in zip(mesh.faces, mesh.fileFace) {
            let (x, y, z) = (middle(face.x, face.y), middle(face.y, face.z), middle(face.z, face.x))
            faces += [[face.x, x, z], [x, face.y, y], [z, y, face.z], [x, y, z]]
            parts += [Int](repeating: labels.perFace[Int(fileFace)], count: 4)
        }
        return replaced(vertices: vertices, faces: faces, parts: parts)
    }

    /// The shape with all vertices in one cell of a cubic lattice merged at their mean; triangles that fall together are left out.
    func decimated(cell: Float) -> LabelledShape {
        var clusters: [SIMD3<Int32>: Int] = [:]
        var (sums, counts): ([SIMD3<Float>], [Float]) = ([], [])
        let (center, radius) = MeshChange.extent(of: mesh)
        let size = max(cell, radius * 1e-3)
        let owners = mesh.vertices.map { vertex -> Int in
            let key = SIMD3<Int32>(((vertex - center) / size).rounded(.down))
            let index = clusters[key] ?? sums.count
            if index == sums.count {
                clusters[key] = index
                sums.append(.zero)
                counts.append(0)
            }
            sums[index] += vertex
            counts[index] += 1
            return index
        }
        var (faces, parts): ([SIMD3<UInt32>], [Int]) = ([], [])
        var seen = Set<Set<Int>>()
        for (face, fileFace) in zip(mesh.faces, mesh.fileFace) {
            let corners = [face.x, face.y, face.z].map { owners[Int($0)] }
            guard Set(corners).count == 3, seen.insert(Set(corners)).inserted else { continue }
            faces.append(SIMD3(corners.map { UInt32($0) }))
            parts.append(labels.perFace[Int(fileFace)])
        }
        return replaced(vertices: zip(sums, counts).map { $0 / $1 }, faces: faces, parts: parts)
    }
}
