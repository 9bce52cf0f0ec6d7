import BSBShapes

/// Which vertices of a mesh a picture of it shows, and where.
///
/// A vertex is visible if the triangle seen at its pixel is one of its own, or is not nearer than the vertex by more than a tolerance. Where
/// its pixel shows nothing, as on the outline, one of the eight pixels around must show a triangle of its own. This is the
/// face-index form of the published test by colour, without that test's half-pixel shift.
package struct VertexVisibility: Sendable {
    /// #V: whether the vertex is seen.
    package private(set) var isVisible: [Bool]
    /// #V positions in continuous pixel coordinates; NaN for vertices that are not in front of the eye.
    ///
    /// They may lie outside the picture.
    package private(set) var positions: [SIMD2<Float>]
    /// #V distances along the viewing direction; NaN for vertices that are not in front of the eye.
    package private(set) var depths: [Float]

    /// Tests all vertices of `mesh` against what `camera` sees of it.
    ///
    /// - Parameters:
    ///   - mesh: the mesh.
    ///   - camera: where the picture is taken from.
    ///   - buffers: the surfaces of `mesh` from `camera`.
    ///   - tolerance: how far behind the seen surface a vertex may lie, in widths of a pixel at its depth.
    /// - Complexity: O(#V).
    package init(mesh: Mesh, camera: Camera, buffers: SurfaceBuffers, tolerance: Float = 0.5) {
        let (size, frame) = (buffers.size, camera.frame)
        let widthAtUnitDepth = 2 * frame.halfHeight / Float(max(size.height, 1))
        let count = mesh.vertices.count
        isVisible = [Bool](repeating: false, count: count)
        positions = [SIMD2<Float>](repeating: [.nan, .nan], count: count)
        depths = [Float](repeating: .nan, count: count)
        for vertex in 0..<count {
            guard let (position, depth) = frame.project(mesh.vertices[vertex], size: size) else { continue }
            positions[vertex] = position
            depths[vertex] = depth
            guard let pixel = Self.pixel(at: position, size) else { continue }
            let limit = depth * (1 - tolerance * widthAtUnitDepth)
            isVisible[vertex] = Self.shows(UInt32(vertex), of: mesh, pixel, nearest: limit, buffers)
        }
    }

    /// The vertices that are seen, ascending.
    package var visibleVertices: [Int] { isVisible.indices.filter { isVisible[$0] } }

    /// The pixel that contains a position, or nil outside the picture.
    static func pixel(at position: SIMD2<Float>, _ size: RasterSize) -> (x: Int, y: Int)? {
        guard position.x >= 0, position.y >= 0, position.x < Float(size.width), position.y < Float(size.height) else { return nil }
        return (min(Int(position.x), size.width - 1), min(Int(position.y), size.height - 1))
    }

    private static func shows(
        _ vertex: UInt32, of mesh: Mesh, _ pixel: (x: Int, y: Int), nearest: Float, _ buffers: SurfaceBuffers
    ) -> Bool {
        let index = pixel.y * buffers.size.width + pixel.x
        let face = buffers.faceIDs[index]
        if face >= 0 { return touches(face, vertex, mesh) || nearest <= buffers.depth[index] }
        for y in max(pixel.y - 1, 0)...min(pixel.y + 1, buffers.size.height - 1) {
            for x in max(pixel.x - 1, 0)...min(pixel.x + 1, buffers.size.width - 1) {
                let face = buffers.faceIDs[y * buffers.size.width + x]
                if face >= 0, touches(face, vertex, mesh) { return true }
            }
        }
        return false
    }

    private static func touches(_ face: Int32, _ vertex: UInt32, _ mesh: Mesh) -> Bool {
        let corners = mesh.faces[Int(face)]
        return corners.x == vertex || corners.y == vertex || corners.z == vertex
    }
}

extension RayScene {
    /// For each pair of a vertex and an eye whether nothing lies between them, whatever the resolution and the edges of a picture.
    ///
    /// Both sides of triangles hide, but not those of the vertex itself, nor what is within a thousandth of the distance from it, as the
    /// triangles of other vertices at the same place are. A vertex is not visible from its own place, nor if it is not finite.
    ///
    /// - Complexity: O(pairs log #F).
    package func areVisible(_ vertices: [Int], from eyes: [SIMD3<Float>]) -> [Bool] {
        let rays = zip(vertices, eyes).map { Ray(origin: $1, direction: mesh.vertices[$0] - $1, near: 0, far: 1 - 1e-3) }
        return zip(zip(vertices, rays), nearestHits(rays)).map { sight, hit in
            guard let hit else { return sight.1.isTraceable }
            let corners = mesh.faces[Int(hit.face)]
            return (0..<3).contains { Int(corners[$0]) == sight.0 }
        }
    }
}
