import BSBBasics
import BSBImages
import BSBRendering
import BSBShapes
import BSBWorkbench
import Foundation

/// Parts of a mesh with names and colours, as `parts.json` holds them.
package struct NamedPartsDocument: Sendable, Codable {
    /// The version of this schema.
    package var schema = 1
    /// The mesh.
    package var mesh: MeshDocument
    /// The parts; part i has the label i + 1 in all label files.
    package var parts: [Part]
    /// The files written, relative to the folder.
    package var outputs: [String]

    /// A part.
    package struct Part: Sendable, Codable {
        /// Its number in label files, from 1.
        package var label: Int
        /// Its name.
        package var name: String
        /// `#rrggbb` (sRGB).
        package var color: String
        /// The number of the file's faces that have the label.
        package var faces: Int
        /// The share of the mesh's surface that has the label.
        package var fraction: Double
    }
}

/// The files of named parts of a mesh.
package struct NamedPartsOutputs: Outputs {
    /// What is written.
    package enum Format: String, Sendable, Codable, CaseIterable {
        /// parts.glb: a node for each part; materials and pictures of the rest are kept.
        case glb
        /// parts.obj and parts.mtl: a group for each part.
        case obj
        /// parts.ply: colours of vertices, a part number for each face.
        case ply
        /// face_labels.npy and vertex_labels.npy.
        case arrays
        /// parts.json.
        case json
        /// masks/NAME.png of the photo.
        case masks
        /// picture.png: the mesh from six sides.
        case picture
    }

    /// A part.
    package struct Part: Sendable {
        /// Its name.
        package var name: String
        /// Its colour (sRGB, 0...1).
        package var color: SIMD3<Float>
        /// Its text, `#rrggbb`.
        package var colorText: String
        /// #F of the file: whether each face is in it.
        package var faces: [Bool]
        /// What it is in the photo.
        package var mask: Mask?

        /// A part.
        package init(name: String, color: SIMD3<Float>, colorText: String, faces: [Bool], mask: Mask? = nil) {
            (self.name, self.color, self.colorText, self.faces, self.mask) = (name, color, colorText, faces, mask)
        }
    }

    /// The document's name.
    package static let documentName = "parts.json"

    private let mesh: OpenMesh
    private let parts: [Part]
    private let formats: [Format]
    private let parallelism: Parallelism
    /// #F of the file: the index of each face's part, -1 for none; of several the last.
    private let partOfFace: [Int]

    /// The files of parts in the given formats.
    package init(_ parts: [Part], of mesh: OpenMesh, formats: [Format], parallelism: Parallelism) {
        (self.mesh, self.parts, self.formats, self.parallelism) = (mesh, parts, formats, parallelism)
        var partOfFace = [Int](repeating: -1, count: mesh.mesh.fileFaceCount)
        for (index, part) in parts.enumerated() {
            for (face, isInside) in part.faces.enumerated() where isInside { partOfFace[face] = index }
        }
        self.partOfFace = partOfFace
    }

    /// Adds all files but the document's.
    ///
    /// Throws `Failure` if one cannot be made.
    package func add(to folder: inout OutputFolder) throws {
        let mesh = mesh.mesh
        let named = MeshParts(parts.map { .init(name: $0.name, color: $0.color) }, ofFileFace: partOfFace)
        for format in Format.allCases where formats.contains(format) {
            switch format {
            case .glb: folder.add("parts.glb", try mesh.glbData(parts: named))
            case .obj: for file in try mesh.objFiles(parts: named, name: "parts") { folder.add(file.name, file.data) }
            case .ply:
                let attributes = MeshAttributes(vertexColors: colors, partOfFileFace: partOfFace, partNames: parts.map(\.name))
                folder.add("parts.ply", try mesh.plyData(attributes: attributes))
            case .arrays:
                folder.add("face_labels.npy", NumPyArray(partOfFace.map { Int32($0 + 1) }, shape: [partOfFace.count]).encoded())
                folder.add("vertex_labels.npy", NumPyArray(vertexLabels, shape: [vertexLabels.count]).encoded())
            case .masks:
                for part in parts { if let mask = part.mask { folder.add("masks/\(Self.fileName(part.name)).png", try mask.pngData()) } }
            case .picture: folder.add("picture.png", try picture().pngData())
            case .json: break
            }
        }
    }

    /// The document, which lists the files.
    package func document(_ outputs: [String]) -> NamedPartsDocument {
        var (areas, all) = ([Double](repeating: 0, count: parts.count), 0.0)
        for (area, fileFace) in zip(mesh.mesh.faceAreas(), mesh.mesh.fileFace) {
            all += area
            let part = partOfFace[Int(fileFace)]
            if part >= 0 { areas[part] += area }
        }
        let counts = partOfFace.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
        return NamedPartsDocument(
            mesh: MeshDocument(mesh),
            parts: parts.enumerated().map { index, part in
                .init(
                    label: index + 1, name: part.name, color: part.colorText, faces: counts[index] ?? 0,
                    fraction: all > 0 ? areas[index] / all : 0)
            }, outputs: outputs)
    }

    /// The name of a file for a part: what no file system minds.
    package static func fileName(_ name: String) -> String {
        let plain = String(name.map { $0.isLetter || $0.isNumber || "-_ ".contains($0) ? $0 : "_" })
        return plain.trimmingCharacters(in: .whitespaces).isEmpty ? "part" : plain
    }

    /// #V: 1 for the first part and so on, 0 for none; the most frequent among the triangles around a vertex, the lowest of ties.
    private var vertexLabels: [Int32] {
        var votes = [[Int32: Int]](repeating: [:], count: mesh.mesh.vertices.count)
        for (face, fileFace) in zip(mesh.mesh.faces, mesh.mesh.fileFace) {
            for corner in 0..<3 { votes[Int(face[corner])][Int32(partOfFace[Int(fileFace)] + 1), default: 0] += 1 }
        }
        return votes.map { votes in votes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0 }
    }

    private var colors: [SIMD3<Float>] { vertexLabels.map { $0 > 0 ? parts[Int($0) - 1].color : Palette.rest } }

    private func picture() throws -> Image {
        let size = RasterSize(width: 300, height: 320)
        let sides = try MeshSides(mesh: mesh, segment: nil, marks: [], size: size, colors: colors).images(parallelism: parallelism)
        let names = parts.map(\.name).joined(separator: ", ")
        return PictureSheet(
            title: "\(parts.count) part\(parts.count == 1 ? "" : "s")", subtitle: names,
            rows: [sides[..<3].map { .init($0, "") }, sides[3...].map { .init($0, "") }]
        ).image()
    }
}
