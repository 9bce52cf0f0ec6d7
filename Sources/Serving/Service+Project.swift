import BSBBasics
import BSBShapes
import BSBWorkbench
import Foundation

/// What is saved of a client's work.
package struct ProjectRequest: Sendable, Codable {
    /// Photos, in the client's order.
    package var photos: [Identifier]
    /// Meshes, in the client's order.
    package var meshes: [Identifier]
    /// Whatever the client wants back.
    package var state: JSONValue
}

/// What was opened of a saved project.
package struct OpenedProject: Sendable, Codable {
    /// Photos, in the order in which they were saved.
    package var photos: [PhotoDocument]
    /// Meshes, in the order in which they were saved.
    package var meshes: [OpenMeshDocument]
    /// What the client wanted back.
    package var state: JSONValue
}

/// `project.json` in a project file.
private struct ProjectDocument: Codable {
    struct File: Codable {
        /// What clients know it as.
        var name: String
        /// Where it is in the zip file.
        var file: String
        /// SHA-256.
        var hash: String
    }

    var schema = 1
    var photos: [File]
    var meshes: [File]
    var state: JSONValue
}

extension Service {
    /// Photos, meshes and a client's state as one zip file: project.json, and the files under `photos/` and `meshes/`.
    ///
    /// Throws `Refusal` and `Failure`, also where a file is no longer what was opened.
    package func save(_ request: ProjectRequest) async throws -> Data {
        guard request.photos.count <= 100, request.meshes.count <= 100 else {
            throw Failure(.usage, Self.saving, reason: "at most 100 photos and 100 meshes can be saved")
        }
        let (photos, meshes) = (try request.photos.map { try photo($0) }, try request.meshes.map { try mesh($0) })
        return try await openGate.pass {
            try await Workbench.inBackground {
                var zip = ZipArchive()
                var document = ProjectDocument(photos: [], meshes: [], state: request.state)
                for (index, held) in photos.enumerated() {
                    let file = "photos/\(index + 1)/\(Self.fileName(held.photo.path))"
                    document.photos.append(.init(name: held.photo.path, file: file, hash: held.photo.hash))
                    zip.add(file, try Self.contents(of: held.file, name: held.photo.path, hash: held.photo.hash))
                }
                for (index, held) in meshes.enumerated() {
                    let folder = "meshes/\(index + 1)"
                    let file = "\(folder)/\(Self.fileName(held.mesh.path))"
                    document.meshes.append(.init(name: held.mesh.path, file: file, hash: held.mesh.hash))
                    zip.add(file, try Self.contents(of: held.file, name: held.mesh.path, hash: held.mesh.hash))
                    for (name, data) in Self.neighbours(of: held.file) where name != Self.fileName(held.mesh.path) {
                        zip.add("\(folder)/\(name)", data)
                    }
                }
                var whole = ZipArchive()
                whole.add("project.json", try JSONText.data(document))
                for file in zip.files { whole.add(file.name, file.data) }
                return try whole.encoded()
            }
        }
    }

    /// Opens what ``save(_:)`` made.
    ///
    /// Throws `Failure` for a file that is no project.
    package func load(_ data: Data) async throws -> OpenedProject {
        let zip = try ZipArchive(data)
        guard let text = zip.files.first(where: { $0.name == "project.json" })?.data,
            let document = try? JSONDecoder().decode(ProjectDocument.self, from: text), document.schema == 1,
            document.photos.count <= 100, document.meshes.count <= 100
        else { throw Failure(.badInput, "opening a project", reason: "it is no project file of this program") }
        var opened = OpenedProject(photos: [], meshes: [], state: document.state)
        for saved in document.photos {
            let id = Identifier()
            let file = try unpack(saved.file, of: zip, for: id)
            opened.photos.append(try await openPhoto(file: file, name: saved.name, id: id).document)
        }
        for saved in document.meshes {
            let id = Identifier()
            let file = try unpack(saved.file, of: zip, for: id)
            opened.meshes.append(try await openMesh(file: file, name: saved.name, id: id).document)
        }
        return opened
    }

    /// The bytes of the file of something open.
    ///
    /// Throws `Failure` where it is no longer there or no longer what was opened.
    package func fileOf(photo id: Identifier) throws -> Data {
        let held = try photo(id)
        return try Self.contents(of: held.file, name: held.photo.path, hash: held.photo.hash)
    }

    /// The bytes of the file of a mesh; throws as ``fileOf(photo:)``.
    package func fileOf(mesh id: Identifier) throws -> Data {
        let held = try mesh(id)
        return try Self.contents(of: held.file, name: held.mesh.path, hash: held.mesh.hash)
    }

    private static let saving = "saving the project"

    /// Writes a file of a project and what lies in its folder into the private folder.
    private func unpack(_ file: String, of zip: ZipArchive, for id: Identifier) throws -> String {
        guard let slash = file.lastIndex(of: "/") else {
            throw Failure(.badInput, "opening a project", path: file, reason: "the file is in no folder")
        }
        let folder = String(file[...slash])
        var place: String?
        for item in zip.files where item.name.hasPrefix(folder) {
            let path = try self.place(for: id, name: String(item.name.dropFirst(folder.count)))
            try AtomicFile.write(item.data, to: path, operation: "opening a project")
            if item.name == file { place = path }
        }
        guard let place else { throw Failure(.badInput, "opening a project", path: file, reason: "the file is not in it") }
        return place
    }

    private static func contents(of file: String, name: String, hash: String) throws -> Data {
        let data: Data
        do { data = try AtomicFile.readFile(file, operation: "reading a file") } catch var failure as Failure {
            failure.path = name
            throw failure
        }
        guard ContentHash(of: data).hex == hash else {
            throw Failure(.badInput, "reading a file", path: name, reason: "it has changed since it was opened", hint: "open it again")
        }
        return data
    }

    /// Materials and pictures of a mesh that lie in its folder or below, by their way from there.
    private static func neighbours(of file: String) -> [(name: String, data: Data)] {
        let folder = (file as NSString).deletingLastPathComponent + "/"
        return NeighbourFile.list(of: file).compactMap { neighbour in
            guard let path = neighbour.path, path.hasPrefix(folder), let name = PrivateFolder.steps(String(path.dropFirst(folder.count))),
                let data = FileManager.default.contents(atPath: path)
            else { return nil }
            return (name, data)
        }
    }

    /// The last step of a name.
    private static func fileName(_ name: String) -> String {
        PrivateFolder.steps((name as NSString).lastPathComponent) ?? "file"
    }
}
