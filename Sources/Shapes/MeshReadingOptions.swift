import BSBBasics

/// How much may be made of a mesh file.
///
/// Small files can ask for any number of faces, by drawing one mesh often or by numbers that no byte stands for.
package struct MeshReadingOptions: Hashable, Sendable {
    /// The most faces that a file may give; there may be three vertices and four corners for each.
    package var maximumFaces: Int

    /// Eight million faces, where not given.
    package init(maximumFaces: Int = 8_000_000) {
        self.maximumFaces = min(max(1, maximumFaces), Mesh.maximumCount)
    }

    /// The most vertices; three for each face of an unwelded file.
    var maximumVertices: Int { min(Mesh.maximumCount, 3 * maximumFaces) }

    /// Throws `Failure` if there is more than may be.
    func check(vertices: Int = 0, faces: Int = 0, corners: Int = 0) throws {
        let limit = "the limit is \(maximumFaces) faces, with 3 vertices and 4 corners for each"
        for (count, most, what) in [
            (faces, maximumFaces, "faces"), (vertices, maximumVertices, "vertices"),
            (corners, min(Mesh.maximumCount, 4 * maximumFaces), "corners of faces"),
        ] where count > most {
            throw Failure.mesh("the file gives \(count) \(what) or more; \(limit)", hint: "raise it with --max-faces, or simplify the mesh")
        }
    }
}
