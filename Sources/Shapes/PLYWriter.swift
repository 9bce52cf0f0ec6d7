import Foundation

extension Mesh {
    /// The mesh as a PLY file: vertices and triangles in order, colours as bytes, and what `attributes` adds.
    ///
    /// Each triangle carries its file face as `file_face`, and its part as `part`, if there are parts; part names stand in comments. Where
    /// `attributes` names pictures, each has its places in them as `texcoord` and the picture's number as `texnumber`.
    /// - Throws: `Failure` if arrays do not agree.
    package func plyData(attributes: MeshAttributes = MeshAttributes(), ascii: Bool = false) throws -> Data {
        try attributes.check(against: self)
        let colors = attributes.colors(of: self)
        let picturePlaces = attributes.pictures.isEmpty ? nil : writtenPlaces()
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
                let places = picturePlaces.map { places in
                    " 6 " + places[3 * index..<3 * index + 3].map { "\($0.x) \($0.y)" }.joined(separator: " ") + " \(picture(of: index))"
                }
                file.put("3 \(face.x) \(face.y) \(face.z) \(fileFace[index])\(part.map { " \($0)" } ?? "")\(places ?? "")\n")
            } else {
                file.put(UInt8(3))
                for corner in 0..<3 { file.put(Int32(truncatingIfNeeded: face[corner])) }
                file.put(Int32(truncatingIfNeeded: fileFace[index]))
                if let part { file.put(part) }
                guard let picturePlaces else { continue }
                file.put(UInt8(6))
                for place in picturePlaces[3 * index..<3 * index + 3] {
                    file.put(place.x.bitPattern)
                    file.put(place.y.bitPattern)
                }
                file.put(picture(of: index))
            }
        }
        return file.data
    }

    /// The number of the picture of a triangle; -1 for none.
    private func picture(of face: Int) -> Int32 { appearance?.materialOfFace[face] ?? -1 }

    /// 3 #F: places in pictures, v pointing upwards: the file's own numbers where its faces are the triangles; 0 for nowhere.
    private func writtenPlaces() -> [SIMD2<Float>] {
        let isOwn = polygons.map { $0.places.count == 3 * faces.count && $0.corners == faces.flatMap { [$0.x, $0.y, $0.z] } } ?? false
        let places = isOwn ? polygons?.places ?? [] : (appearance?.coordinates ?? []).map { SIMD2($0.x, 1 - $0.y) }
        return places.map { $0.x.isFinite && $0.y.isFinite ? $0 : .zero }
    }

    /// The names of the pictures of a PLY file's mesh beside another mesh file `name`, as ``objFiles(parts:name:)`` writes them; empty where it
    /// has none, or comes from another format.
    package func pictureNames(beside name: String) -> [String] {
        guard scene == nil, !neighbours.isEmpty, neighbours.allSatisfy({ $0.kind == .picture }), let appearance,
            appearance.materials.contains(where: { $0.picture != nil })
        else { return [] }
        var files = PictureFiles(name: name)
        return zip(appearance.materials, appearance.materials.uniqueNames(besides: ["part"])).map { material, title in
            // A picture that is missing keeps its number.
            material.picture.map { files.file($0, of: title) } ?? title.asToken
        }
    }

    private func plyHeader(_ attributes: MeshAttributes, hasColors: Bool, ascii: Bool) -> String {
        let type = exactPositions != nil || origin != .zero ? "double" : "float"
        var lines = ["ply", "format \(ascii ? "ascii" : "binary_little_endian") 1.0"]
        lines += attributes.partNames.enumerated().map { "comment part \($0) \($1.asToken)" }
        lines += attributes.pictures.map { "comment TextureFile \($0)" }
        lines += ["element vertex \(vertices.count)"] + ["x", "y", "z"].map { "property \(type) \($0)" }
        if hasColors { lines += ["red", "green", "blue"].map { "property uchar \($0)" } }
        if let values = attributes.vertexValues { lines.append("property float \(values.name.asToken)") }
        lines += ["element face \(faces.count)", "property list uchar int vertex_indices", "property int file_face"]
        if attributes.partOfFileFace != nil { lines.append("property int part") }
        if !attributes.pictures.isEmpty { lines += ["property list uchar float texcoord", "property int texnumber"] }
        return (lines + ["end_header", ""]).joined(separator: "\n")
    }
}
