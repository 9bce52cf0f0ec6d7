import Foundation

extension Mesh {
    /// The mesh as a PLY file: vertices and triangles in order, colours as bytes, and what `attributes` adds.
    ///
    /// Each triangle carries its file face as `file_face`, and its part as `part`, if there are parts; part names stand in comments.
    /// - Throws: `Failure` if arrays do not agree.
    package func plyData(attributes: MeshAttributes = MeshAttributes(), ascii: Bool = false) throws -> Data {
        try attributes.check(against: self)
        let colors = attributes.colors(of: self)
        let hasExact = exactPositions != nil || origin != .zero
        var file = LittleEndianData()
        file.put(plyHeader(attributes, hasColors: colors != nil, ascii: ascii))
        for index in vertices.indices {
            let color = colors?[index].bytes
            let value = attributes.vertexValues?.values[index]
            if ascii {
                var words = hasExact ? (0..<3).map { "\(filePosition(index)[$0])" } : (0..<3).map { "\(vertices[index][$0])" }
                if let color { words += (0..<3).map { "\(color[$0])" } }
                if let value { words.append("\(value)") }
                file.put(words.joined(separator: " ") + "\n")
            } else {
                if hasExact {
                    let exact = filePosition(index)
                    for axis in 0..<3 { file.put(exact[axis].bitPattern) }
                } else {
                    file.put(vertices[index])
                }
                if let color { for channel in 0..<3 { file.put(color[channel]) } }
                if let value { file.put(value.bitPattern) }
            }
        }
        for (index, face) in faces.enumerated() {
            let part = attributes.partOfFileFace.map { Int32(clamping: $0[Int(fileFace[index])]) }
            if ascii {
                file.put("3 \(face.x) \(face.y) \(face.z) \(fileFace[index])\(part.map { " \($0)" } ?? "")\n")
            } else {
                file.put(UInt8(3))
                for corner in 0..<3 { file.put(Int32(truncatingIfNeeded: face[corner])) }
                file.put(Int32(truncatingIfNeeded: fileFace[index]))
                if let part { file.put(part) }
            }
        }
        return Data(file.bytes)
    }

    private func plyHeader(_ attributes: MeshAttributes, hasColors: Bool, ascii: Bool) -> String {
        let type = exactPositions != nil || origin != .zero ? "double" : "float"
        var lines = ["ply", "format \(ascii ? "ascii" : "binary_little_endian") 1.0"]
        lines += attributes.partNames.enumerated().map { "comment part \($0) \($1.asToken)" }
        lines += ["element vertex \(vertices.count)"] + ["x", "y", "z"].map { "property \(type) \($0)" }
        if hasColors { lines += ["red", "green", "blue"].map { "property uchar \($0)" } }
        if let values = attributes.vertexValues { lines.append("property float \(values.name.asToken)") }
        lines += ["element face \(faces.count)", "property list uchar int vertex_indices", "property int file_face"]
        if attributes.partOfFileFace != nil { lines.append("property int part") }
        return (lines + ["end_header", ""]).joined(separator: "\n")
    }
}
