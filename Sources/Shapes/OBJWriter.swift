import Foundation

extension Mesh {
    /// The mesh as an OBJ file: vertices in order with their colours, and triangles in order.
    ///
    /// With parts in `attributes`, each triangle stands under the group of its part (`g name`; `g rest` for none), in the file's order of
    /// faces, so that a name may come up several times.
    /// - Throws: `Failure` if arrays do not agree.
    package func objData(attributes: MeshAttributes = MeshAttributes()) throws -> Data {
        try attributes.check(against: self)
        var file = LittleEndianData()
        let colors = attributes.colors(of: self)
        for (index, vertex) in vertices.enumerated() {
            let exact = exactPositions?[index] ?? origin + SIMD3<Double>(vertex)
            let isFar = exactPositions != nil || origin != .zero
            var line = isFar ? "v \(exact.x) \(exact.y) \(exact.z)" : "v \(vertex.x) \(vertex.y) \(vertex.z)"
            if let color = colors?[index] { line += " \(color.x) \(color.y) \(color.z)" }
            file.put(line + "\n")
        }
        var current: Int?
        for (index, face) in faces.enumerated() {
            if let part = attributes.partOfFileFace?[Int(fileFace[index])], part != current {
                current = part
                file.put("g \(attributes.partNames.element(part)?.asToken ?? "rest")\n")
            }
            file.put("f \(UInt64(face.x) + 1) \(UInt64(face.y) + 1) \(UInt64(face.z) + 1)\n")
        }
        return file.data
    }
}
