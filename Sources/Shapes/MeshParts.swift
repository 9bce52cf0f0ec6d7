/// Parts of a mesh, as they are written into files that keep everything else as it came.
package struct MeshParts: Sendable {
    /// A part's name, and the colour (sRGB, 0...1) of its one material.
    package struct Part: Sendable {
        /// The name.
        package var name: String
        /// The colour.
        package var color: SIMD3<Float>

        /// A part.
        package init(name: String, color: SIMD3<Float>) {
            (self.name, self.color) = (name, color)
        }
    }

    /// The parts.
    package var parts: [Part]
    /// #fileFaces: the part of each face of the file; -1 for the rest.
    package var ofFileFace: [Int]
    /// A number for each vertex under a name, such as `probability`.
    package var vertexValues: (name: String, values: [Float])?

    /// Parts of the faces of a file.
    package init(_ parts: [Part], ofFileFace: [Int], vertexValues: (name: String, values: [Float])? = nil) {
        (self.parts, self.ofFileFace, self.vertexValues) = (parts, ofFileFace, vertexValues)
    }

    /// The part of a face; `parts.count` for the rest.
    func bucket(_ fileFace: Int) -> Int { parts.indices.contains(ofFileFace[fileFace]) ? ofFileFace[fileFace] : parts.count }

    func check(against mesh: Mesh) throws {
        try MeshAttributes(vertexValues: vertexValues, partOfFileFace: ofFileFace).check(against: mesh)
    }
}
