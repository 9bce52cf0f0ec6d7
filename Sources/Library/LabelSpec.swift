import BSBAnswering
import BSBBasics
import BSBWorkbench
import Foundation

/// Named clicks in photos and on meshes: what `bsb library label` is told.
///
/// An array of objects: `name`, and either a `photo` with a click as `bsb batch` takes it, or a `mesh` with a `vertex` or a `point` [x, y, z].
/// Paths are relative to the file.
package struct LabelSpec: Sendable {
    /// A named click.
    package struct Item: Sendable {
        /// The name.
        package var name: String
        /// Where it is.
        package var place: Place
    }

    /// Where a click is.
    package enum Place: Sendable {
        /// In a photo.
        case photo(String, Click)
        /// On a mesh.
        case mesh(String, SurfaceTarget)
    }

    /// The clicks, in the order of the file.
    package var items: [Item]

    /// The names, each once, in the order in which they first come.
    package var names: [String] {
        var names: [String] = []
        for item in items where !names.contains(item.name) { names.append(item.name) }
        return names
    }

    /// Reads the clicks in a file.
    ///
    /// Throws `Failure` if it cannot be read or does not list such clicks.
    package init(contentsOf path: String) throws {
        let operation = "reading the labels' clicks"
        let data = try AtomicFile.readFile(path, operation: operation)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let fields: [Fields]
        do {
            fields = try JSONDecoder().decode([Fields].self, from: data)
        } catch {
            throw Failure(
                .badInput, operation, path: path, reason: "it is no list of named clicks",
                hint: "write an array of {\"name\": …, \"photo\": …, \"click\": [x, y]} or {\"name\": …, \"mesh\": …, \"vertex\": …}")
        }
        guard !fields.isEmpty else { throw Failure(.badInput, operation, path: path, reason: "it lists no click") }
        items = try fields.enumerated().map { index, fields in
            let title = "click \(index)"
            func wrong(_ reason: String) -> Failure { Failure(.badInput, operation, path: path, reason: "\(title) \(reason)") }
            guard let name = fields.click.name, !name.isEmpty, !name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
            else {
                throw wrong("has no name")
            }
            switch (fields.photo, fields.mesh) {
            case (let photo?, nil):
                let click = try fields.click.click(folder: folder, called: title, in: path)
                return Item(name: name, place: .photo(Folder.place(photo, in: folder), click))
            case (nil, let mesh?):
                guard let target = fields.target else { throw wrong("has neither a vertex nor a point of the mesh") }
                return Item(name: name, place: .mesh(Folder.place(mesh, in: folder), target))
            default: throw wrong("must have a photo or a mesh")
            }
        }
    }

    private struct Fields: Decodable {
        var click: ClickItem
        var photo: String?
        var mesh: String?
        var target: SurfaceTarget?

        private enum CodingKeys: String, CodingKey { case photo, mesh, vertex, point }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            click = try ClickItem(from: decoder)
            photo = try values.decodeIfPresent(String.self, forKey: .photo)
            mesh = try values.decodeIfPresent(String.self, forKey: .mesh)
            if let vertex = try values.decodeIfPresent(Int.self, forKey: .vertex) {
                target = .vertex(vertex)
            } else if let point = try values.decodeIfPresent([Double].self, forKey: .point), point.count == 3 {
                target = .point(SIMD3(point))
            }
        }
    }
}
