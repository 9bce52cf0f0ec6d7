import BSBBasics

/// What a reader gathers from a file, polygon by polygon, before it becomes a mesh.
struct MeshAssembly {
    /// Positions in the file's frame.
    var vertices: [SIMD3<Double>] = []
    /// Whether positions are the file's own numbers, whose digits are kept.
    var keepsDigits = true
    /// Empty, or a colour for each of the first vertices; NaN stands for "none".
    var colors: [SIMD3<Float>] = []
    /// The corners of all faces, one after the other.
    var corners: [UInt32] = []
    /// Where each face's corners end.
    var faceEnds: [Int] = []
    /// The line of each face, where lines mean something.
    var faceLines: [Int] = []
    /// Empty, or where in a picture each corner lies.
    var coordinates: [SIMD2<Float>] = []
    /// Empty, or the file's own numbers for the same, v pointing upwards.
    var places: [SIMD2<Float>] = []
    /// The normals that the file lists, to be written again.
    var normals: [SIMD3<Float>] = []
    /// Empty, or the normal of each corner; -1 for none.
    var normalOfCorner: [Int32] = []
    var materials: [SurfaceAppearance.Material] = []
    /// Empty, or the material of each face.
    var materialOfFace: [Int32] = []
    var groups: [Mesh.FaceGroup] = []
    var nodes: [Mesh.SceneNode] = []
    var neighbours: [NeighbourFile] = []
    var remarks: [String] = []
    var limits = MeshReadingOptions()

    /// The mesh, with polygons triangulated.
    ///
    /// - Throws: `Failure` if there is no face, a corner is out of range, or a corner is not finite.
    consuming func mesh() throws -> Mesh {
        guard !vertices.isEmpty else { throw Failure.mesh("there are no vertices", hint: "is this the format that the file's name says?") }
        guard !faceEnds.isEmpty else {
            throw Failure.mesh("there are \(vertices.count) vertices but no faces", hint: "point clouds and splats have no surface")
        }
        try limits.check(vertices: vertices.count, faces: faceEnds.count, corners: corners.count)
        var mesh = Mesh(
            vertices: [], faces: [], fileFaceCount: faceEnds.count, vertexColors: filledColors(), groups: groups, remarks: remarks)
        mesh.place(vertices, usedBy: corners, keepsDigits: keepsDigits)
        vertices = []
        try checkCorners(mesh.vertices)
        triangulate(into: &mesh)
        guard !mesh.faces.isEmpty else { throw Failure.mesh("none of the \(faceEnds.count) faces has three different corners") }
        settleNonFinite(&mesh)
        (mesh.nodes, mesh.neighbours) = (nodes, neighbours)
        let hasOwnNumbers = !places.isEmpty || !normalOfCorner.isEmpty
        if hasOwnNumbers || corners.count != 3 * faceEnds.count || mesh.faces.count != faceEnds.count {
            let places = places.isEmpty ? coordinates.map { SIMD2($0.x, 1 - $0.y) } : places
            mesh.polygons = FilePolygons(
                corners: corners, ends: faceEnds, places: places, normals: normals, normalOfCorner: normalOfCorner)
        }
        return mesh
    }

    private func checkCorners(_ vertices: [SIMD3<Float>]) throws {
        let count = UInt32(vertices.count)
        var face = 0
        for (position, corner) in corners.enumerated() {
            while position >= faceEnds[face] { face += 1 }
            guard corner < count else { throw failure(face, "refers to vertex \(corner) (from 0), of \(count)") }
            guard vertices[Int(corner)].isFinite else { throw failure(face, "refers to vertex \(corner) (from 0), which is not finite") }
        }
    }

    private func failure(_ face: Int, _ reason: String) -> Failure {
        Failure.mesh("face \(face) (from 0) \(reason)", line: faceLines.isEmpty ? nil : faceLines[face])
    }

    private func triangulate(into mesh: inout Mesh) {
        mesh.faces.reserveCapacity(max(0, corners.count - 2 * faceEnds.count))
        mesh.fileFace.reserveCapacity(mesh.faces.capacity)
        let isPainted = !materials.isEmpty || coordinates.contains { $0.x.isFinite }
        var appearance = isPainted ? SurfaceAppearance(materials: materials, materialOfFace: [], coordinates: []) : nil
        var triangulator = PolygonTriangulator()
        var start = 0
        var collapsed = 0
        for (face, end) in faceEnds.enumerated() {
            let before = mesh.faces.count
            if end - start == 3 {
                let triangle = SIMD3(corners[start], corners[start + 1], corners[start + 2])
                if triangle.x != triangle.y && triangle.y != triangle.z && triangle.z != triangle.x { mesh.faces.append(triangle) }
            } else {
                triangulator.triangulate(corners[start..<end], of: mesh.vertices, into: &mesh.faces)
            }
            if mesh.faces.count == before { collapsed += 1 }
            for _ in before..<mesh.faces.count { mesh.fileFace.append(UInt32(face)) }
            appearance?.append(faces: mesh.faces[before...], of: start..<end, face, in: self)
            start = end
        }
        mesh.appearance = appearance
        if collapsed > 0 { mesh.remarks.append("\(collapsed) faces have fewer than three different corners and give no triangle") }
        if triangulator.unfinished > 0 { mesh.remarks.append("\(triangulator.unfinished) tangled polygons were cut up as fans") }
    }

    /// No corner is among them (checked), so the origin stands in: every later sum stays finite.
    private func settleNonFinite(_ mesh: inout Mesh) {
        var count = 0
        for index in mesh.vertices.indices where !mesh.vertices[index].isFinite {
            mesh.vertices[index] = .zero
            mesh.exactPositions?[index] = mesh.origin
            count += 1
        }
        if count > 0 { mesh.remarks.append("\(count) vertices that no face uses are not finite and were put at the origin") }
    }

    /// Colours given as 0...255 are scaled; vertices without one are white.
    private func filledColors() -> [SIMD3<Float>]? {
        guard colors.contains(where: { $0.isFinite }) else { return nil }
        let largest = colors.lazy.filter { $0.isFinite }.map { $0.max() }.max() ?? 1
        let full: Float = largest > 1.001 ? 255 : 1
        let white = SIMD3<Float>(repeating: 1)
        let count = vertices.count
        var filled = colors.prefix(count).map { $0.isFinite ? ($0 / full).clamped(lowerBound: .zero, upperBound: white) : white }
        filled.append(contentsOf: repeatElement(white, count: count - filled.count))
        return filled
    }
}

extension SurfaceAppearance {
    /// Appends triangles that were cut from the file's face `face` with the corners `range`.
    fileprivate mutating func append(faces: ArraySlice<SIMD3<UInt32>>, of range: Range<Int>, _ face: Int, in assembly: MeshAssembly) {
        let hasCoordinates = !assembly.coordinates.isEmpty
        // A vertex that comes twice in a face has the place of its first corner.
        var places: [UInt32: Int] = [:]
        if hasCoordinates {
            for corner in range where places[assembly.corners[corner]] == nil { places[assembly.corners[corner]] = corner }
        }
        for triangle in faces {
            materialOfFace.append(assembly.materialOfFace.element(face) ?? -1)
            for corner in 0..<3 {
                coordinates.append(hasCoordinates ? places[triangle[corner]].map { assembly.coordinates[$0] } ?? .nowhere : .nowhere)
            }
        }
    }
}
