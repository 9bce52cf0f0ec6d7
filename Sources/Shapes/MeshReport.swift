import BSBBasics

/// What is odd about a mesh, as counts and as sentences.
package struct MeshReport: Hashable, Sendable, Codable {
    /// The number of vertices of the file.
    package var vertices: Int
    /// The number of faces of the file, of any number of corners.
    package var fileFaces: Int
    /// The number of triangles they were cut into.
    package var triangles: Int
    /// The total area, in file units squared.
    package var area: Double
    /// The lower corner of the box around the vertices that faces use, in file units.
    package var lowerBound: SIMD3<Double>
    /// The upper corner of that box.
    package var upperBound: SIMD3<Double>
    /// Vertices that no triangle uses.
    package var unreferencedVertices: Int
    /// Vertices at the very place of an earlier one.
    package var duplicateVertices: Int
    /// Faces of the file that give no triangle or have no area.
    package var degenerateFaces: Int
    /// Triangles with the same three places as an earlier one.
    package var duplicateFaces: Int
    /// Edges with more than two triangles.
    package var nonManifoldEdges: Int
    /// Edges with one triangle.
    package var boundaryEdges: Int
    /// Edges whose two triangles disagree on which side is out.
    package var inconsistentEdges: Int
    /// Connected parts.
    package var components: Int
    /// Parts without boundary whose triangles agree and enclose a negative volume: inside out.
    package var invertedComponents: Int
    /// The share of the area that is in inverted parts, in 0...1.
    package var invertedFraction: Double
    /// How many triangles a line through the mesh's box crosses on the average: twice the area over that of the box (Cauchy and Crofton).
    ///
    /// 2 for a closed box, some dozens for foliage; thousands where triangles fill space rather than bound anything. Triangles that are hidden by
    /// an equal one do not count.
    package var layers: Double
    /// What the reader put up with.
    package var remarks: [String]

    /// Examines `mesh`.
    ///
    /// - Complexity: O(#V + #F log d) for the largest number d of triangles around a vertex.
    package init(_ mesh: Mesh) {
        let adjacency = Adjacency(mesh)
        self.init(mesh, adjacency: adjacency, repeats: adjacency.repeats())
    }

    /// Examines `mesh`, whose adjacency and repeated triangles are at hand.
    package init(_ mesh: Mesh, adjacency: Adjacency, repeats: [Adjacency.Repeat]) {
        let areas = mesh.faceAreas()
        let isReferenced = mesh.referencedVertices()
        vertices = mesh.vertices.count
        fileFaces = mesh.fileFaceCount
        triangles = mesh.faces.count
        area = areas.reduce(0, +)
        (lowerBound, upperBound) = Self.bounds(mesh, isReferenced)
        unreferencedVertices = isReferenced.count { !$0 }
        duplicateVertices = mesh.vertices.count - adjacency.weld.count
        degenerateFaces = Self.degenerateFaces(mesh, areas)
        duplicateFaces = repeats.count
        let hiddenArea = repeats.hidden.reduce(0) { $0 + areas[Int($1)] }
        let size = upperBound - lowerBound
        let box = 2 * (size.x * size.y + size.y * size.z + size.z * size.x)
        layers = box > 0 ? 2 * (area - hiddenArea) / box : 0
        let edgeFaces = adjacency.edgeFaces()
        nonManifoldEdges = (0..<edgeFaces.count).count { edgeFaces[$0].count > 2 }
        boundaryEdges = (0..<edgeFaces.count).count { edgeFaces[$0].count == 1 }
        let winding = Winding(mesh, adjacency, edgeFaces, areas)
        inconsistentEdges = winding.inconsistentEdges
        components = winding.components
        invertedComponents = winding.invertedComponents
        invertedFraction = area > 0 ? winding.invertedArea / area : 0
        remarks = mesh.remarks
    }

    /// The corners of the box, with the digits that the file gives.
    private static func bounds(_ mesh: Mesh, _ isReferenced: [Bool]) -> (SIMD3<Double>, SIMD3<Double>) {
        var (low, high) = ([Int](), [Int]())
        for vertex in mesh.vertices.indices where isReferenced[vertex] {
            guard !low.isEmpty else {
                (low, high) = ([vertex, vertex, vertex], [vertex, vertex, vertex])
                continue
            }
            for axis in 0..<3 {
                if mesh.coordinate(vertex, axis) < mesh.coordinate(low[axis], axis) { low[axis] = vertex }
                if mesh.coordinate(vertex, axis) > mesh.coordinate(high[axis], axis) { high[axis] = vertex }
            }
        }
        guard !low.isEmpty else { return (.zero, .zero) }
        func corner(_ chosen: [Int]) -> SIMD3<Double> {
            SIMD3(mesh.filePosition(chosen[0]).x, mesh.filePosition(chosen[1]).y, mesh.filePosition(chosen[2]).z)
        }
        return (corner(low), corner(high))
    }

    private static func degenerateFaces(_ mesh: Mesh, _ areas: [Double]) -> Int {
        var hasArea = [Bool](repeating: false, count: mesh.fileFaceCount)
        for (face, area) in areas.enumerated() where area > 0 { hasArea[Int(mesh.fileFace[face])] = true }
        return hasArea.count { !$0 }
    }
}

extension MeshReport {
    /// The layers beyond which a mesh is no surface that can be looked at: every ray would meet them all.
    package static let mostLayers = 1000.0

    /// The oddities as readable sentences with counts, the most serious first; empty for a clean mesh.
    package var warnings: [String] {
        var sentences: [String] = []
        func warn(_ count: Int, _ one: String, _ many: String) {
            if count > 0 { sentences.append("\(count) \(count == 1 ? one : many)") }
        }
        let percent = (invertedFraction * 1000).rounded() / 10
        if layers > 100 {
            sentences.append("a line through it crosses \(Int(layers.rounded())) triangles on the average: they fill space")
        }
        warn(
            invertedComponents, "closed part is inside out (\(percent) % of the area)",
            "closed parts are inside out (\(percent) % of the area)")
        warn(
            inconsistentEdges, "edge joins triangles that disagree on which side is out",
            "edges join triangles that disagree on which side is out")
        warn(nonManifoldEdges, "edge is shared by more than two triangles", "edges are shared by more than two triangles")
        warn(boundaryEdges, "edge is on a boundary: the surface is open", "edges are on a boundary: the surface is open")
        warn(degenerateFaces, "face has no area", "faces have no area")
        warn(duplicateFaces, "triangle repeats an earlier one", "triangles repeat earlier ones")
        warn(unreferencedVertices, "vertex is used by no triangle", "vertices are used by no triangle")
        warn(duplicateVertices, "vertex is in the place of an earlier one", "vertices are in the place of earlier ones")
        warn(components > 1 ? components : 0, "", "parts are not connected")
        return sentences + remarks
    }
}

/// Which triangles agree on their outside, and which closed parts are inside out.
private struct Winding {
    var inconsistentEdges = 0
    var components = 0
    var invertedComponents = 0
    var invertedArea = 0.0

    init(_ mesh: Mesh, _ adjacency: Adjacency, _ edgeFaces: CompressedRows, _ areas: [Double]) {
        let parts = adjacency.faceComponents()
        components = parts.count
        var isSound = [Bool](repeating: true, count: parts.count)
        for (edge, ends) in adjacency.edges.enumerated() {
            let faces = edgeFaces[edge]
            let forward = faces.count { Self.runs(adjacency.triangles[Int($0)], from: ends.a, to: ends.b) }
            if faces.count == 2, forward != 1 { inconsistentEdges += 1 }
            // As many triangles on either side: closed and consistent, even where several sheets meet.
            if forward * 2 != faces.count, let face = faces.first { isSound[Int(parts.ofFace[Int(face)])] = false }
        }
        let origin = mesh.faces.first.map { SIMD3<Double>(mesh.vertices[Int($0.x)]) } ?? .zero
        var volumes = [Double](repeating: 0, count: parts.count)
        var partAreas = volumes
        for (index, face) in mesh.faces.enumerated() {
            let (a, b, c) = mesh.corners(face)
            volumes[Int(parts.ofFace[index])] += dot(a - origin, cross(b - origin, c - origin)) / 6
            partAreas[Int(parts.ofFace[index])] += areas[index]
        }
        for part in 0..<parts.count where isSound[part] && volumes[part] < -1e-9 * partAreas[part] * partAreas[part].squareRoot() {
            invertedComponents += 1
            invertedArea += partAreas[part]
        }
    }

    private static func runs(_ c: SIMD3<UInt32>, from a: UInt32, to b: UInt32) -> Bool {
        (c.x == a && c.y == b) || (c.y == a && c.z == b) || (c.z == a && c.x == b)
    }
}
