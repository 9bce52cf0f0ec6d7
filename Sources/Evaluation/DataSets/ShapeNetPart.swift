import BSBBasics
import BSBShapes

extension FileDataSet {
    /// ShapeNetPart: labelled points of meshes that come from ShapeNetCore (Yi and others 2016).
    ///
    /// Points are in `category/points/id.pts`, their parts in `category/points_label/id.seg`, meshes in `category/meshes/id.obj` or another
    /// format.
    ///
    /// A face takes the label of the point nearest to its middle, after the points' bounding box is laid onto the mesh's: the points were
    /// published in a frame of their own.
    /// - Throws: `Failure` if the folder has no labelled mesh.
    static func shapeNetPart(_ folder: String) throws -> FileDataSet {
        try FileDataSet(in: folder, meshes: "meshes", labels: ["points/*.pts", "points_label/*.seg"]) { _, mesh, paths in
            let points = try Self.points(paths[0])
            let numbers = try ShapeLabels(numbersIn: paths[1], count: points.count, what: "point")
            return (labels(of: mesh, points: points, numbers: numbers), ShapePose())
        }
    }

    private static func points(_ path: String) throws -> [SIMD3<Float>] {
        let operation = "reading the points"
        let text = String(decoding: try AtomicFile.readFile(path, operation: operation), as: UTF8.self)
        let points = try text.split(whereSeparator: \.isNewline).enumerated().compactMap { number, line -> SIMD3<Float>? in
            let numbers = line.split(whereSeparator: \.isWhitespace).map { Float($0) }
            if numbers.isEmpty { return nil }
            guard numbers.count >= 3, let x = numbers[0], let y = numbers[1], let z = numbers[2], x.isFinite, y.isFinite, z.isFinite else {
                throw Failure(.badInput, operation, path: path, reason: "line \(number + 1) does not begin with three numbers")
            }
            return [x, y, z]
        }
        guard !points.isEmpty else { throw Failure(.badInput, operation, path: path, reason: "there are no points") }
        return points
    }

    /// Complexity: O(#F x #points).
    static func labels(of mesh: Mesh, points: [SIMD3<Float>], numbers: ShapeLabels) -> ShapeLabels {
        let used = mesh.faces.flatMap { face in (0..<3).map { mesh.vertices[Int(face[$0])] } }
        let placed = Box(points).moved(points, onto: Box(used))
        var perFace = [Int](repeating: -1, count: mesh.fileFaceCount)
        for (face, fileFace) in zip(mesh.faces, mesh.fileFace) where perFace[Int(fileFace)] < 0 {
            let middle = (mesh.vertices[Int(face.x)] + mesh.vertices[Int(face.y)] + mesh.vertices[Int(face.z)]) / 3
            var nearest = (distance: Float.infinity, index: 0)
            for (index, point) in placed.enumerated() {
                let offset = point - middle
                let distance = (offset * offset).sum()
                if distance < nearest.distance { nearest = (distance, index) }
            }
            perFace[Int(fileFace)] = numbers.perFace[nearest.index]
        }
        return ShapeLabels(names: numbers.names, perFace: perFace)
    }

    /// An axis-aligned box around points.
    private struct Box {
        var low = SIMD3<Float>(repeating: .infinity)
        var high = SIMD3<Float>(repeating: -.infinity)

        init(_ points: [SIMD3<Float>]) {
            for point in points {
                low = pointwiseMin(low, point)
                high = pointwiseMax(high, point)
            }
        }

        /// Points moved and scaled, alike in all directions, so that this box is laid onto another.
        func moved(_ points: [SIMD3<Float>], onto other: Box) -> [SIMD3<Float>] {
            let (from, to) = (high - low, other.high - other.low)
            let scale = from.max() > 0 ? to.max() / from.max() : 1
            return points.map { ($0 - (low + high) / 2) * scale + (other.low + other.high) / 2 }
        }
    }
}
