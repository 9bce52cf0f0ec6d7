import BSBBasics

/// What the writers put beside a mesh's geometry.
package struct MeshAttributes: Sendable {
    /// #V colours (sRGB, 0...1); the mesh's own if nil.
    package var vertexColors: [SIMD3<Float>]?
    /// A number for each vertex under a name, such as `probability`.
    package var vertexValues: (name: String, values: [Float])?
    /// #fileFaces: the part that each face of the file belongs to, an index into `partNames`; -1 for none.
    package var partOfFileFace: [Int]?
    /// The names of the parts.
    package var partNames: [String]
    /// The files of the pictures of the mesh's materials, in their order; empty for none.
    package var pictures: [String]

    /// Nothing but what is given.
    package init(
        vertexColors: [SIMD3<Float>]? = nil, vertexValues: (name: String, values: [Float])? = nil, partOfFileFace: [Int]? = nil,
        partNames: [String] = [], pictures: [String] = []
    ) {
        self.vertexColors = vertexColors
        self.vertexValues = vertexValues
        self.partOfFileFace = partOfFileFace
        self.partNames = partNames
        self.pictures = pictures
    }

    func colors(of mesh: Mesh) -> [SIMD3<Float>]? { vertexColors ?? mesh.vertexColors }

    /// The triangles of each part in order, triangles of no part last under the name `rest`; one nameless part if there are no labels.
    func parts(of mesh: Mesh) -> [(name: String?, faces: [Int])] {
        guard let partOfFileFace else { return [(nil, Array(mesh.faces.indices))] }
        var faces = [[Int]](repeating: [], count: partNames.count + 1)
        for face in mesh.faces.indices {
            let part = partOfFileFace[Int(mesh.fileFace[face])]
            faces[partNames.indices.contains(part) ? part : partNames.count].append(face)
        }
        return zip(partNames + ["rest"], faces).filter { !$0.1.isEmpty }.map { ($0, $1) }
    }

    func check(against mesh: Mesh) throws {
        try mesh.validate()
        let agree =
            (vertexColors.map { $0.count == mesh.vertices.count } ?? true)
            && (vertexValues.map { $0.values.count == mesh.vertices.count } ?? true)
            && (partOfFileFace.map { $0.count == mesh.fileFaceCount } ?? true)
        guard agree else {
            throw Failure(.internal, "writing a mesh", reason: "the attributes are not as many as the mesh's vertices or faces")
        }
    }
}

extension SIMD3<Float> {
    /// The colour in 8 bits a channel.
    var bytes: SIMD3<UInt8> {
        var result = SIMD3<UInt8>()
        for channel in 0..<3 {
            let value = self[channel]
            result[channel] = value.isNaN ? 0 : UInt8((Swift.min(1, Swift.max(0, value)) * 255).rounded())
        }
        return result
    }
}

extension String {
    /// The name with blanks and control characters as underscores, for formats that cut names at blanks.
    var asToken: String {
        let token = String(map { $0.isWhitespace || $0.isNewline || $0.asciiValue.map { $0 < 32 } == true ? "_" : $0 })
        return token.isEmpty ? "unnamed" : token
    }
}
