import BSBAnswering
import BSBBasics
import BSBExamples
import BSBResults
import BSBShapes
import BSBWorkbench
import Foundation

/// Where a file that is to be opened is.
package struct FileReference: Sendable, Codable {
    /// In one of the given folders.
    package var path: String?
    /// In an upload.
    package var upload: Identifier?
    /// Its name in the upload.
    package var name: String?

    /// A file in a given folder.
    package init(path: String) { self.path = path }

    /// A file of an upload.
    package init(upload: Identifier, name: String) { (self.upload, self.name) = (upload, name) }
}

extension Service {
    /// An open photo.
    ///
    /// Throws `Refusal(.unknown)`.
    package func photo(_ id: Identifier) throws -> HeldPhoto {
        guard let photo = photos.find(id) else { throw Refusal.unknown("photo", id) }
        return photo
    }

    /// An open mesh.
    ///
    /// Throws `Refusal(.unknown)`.
    package func mesh(_ id: Identifier) throws -> HeldMesh {
        guard let mesh = meshes.find(id) else { throw Refusal.unknown("mesh", id) }
        return mesh
    }

    /// All open photos, the one opened last first.
    package var openPhotos: [HeldPhoto] { photos.all }

    /// All open meshes, the one opened last first.
    package var openMeshes: [HeldMesh] { meshes.all }

    /// Closes a photo; throws `Refusal(.unknown)`.
    package func closePhoto(_ id: Identifier) throws {
        guard photos.remove(id) else { throw Refusal.unknown("photo", id) }
    }

    /// Closes a mesh; throws `Refusal(.unknown)`.
    package func closeMesh(_ id: Identifier) throws {
        guard meshes.remove(id) else { throw Refusal.unknown("mesh", id) }
    }

    // MARK: Uploads

    /// Begins to take files that belong together.
    package func beginUpload() -> Identifier {
        let id = Identifier()
        files.keep(id, as: id)
        return id
    }

    /// Where a file of an upload is to be written; the folder it is in is there.
    ///
    /// Throws `Refusal(.unknown)` for an upload that is not there, `.forbidden` for a name that leads elsewhere, `.tooLarge` where too much
    /// was uploaded already.
    package func place(in upload: Identifier, name: String) throws -> String {
        guard files.find(upload) != nil else { throw Refusal.unknown("upload", upload) }
        return try place(for: upload, name: name)
    }

    /// Where the bytes of a file that is to be opened are to be written.
    ///
    /// Throws as ``place(in:name:)``.
    package func place(for id: Identifier, name: String) throws -> String {
        guard let steps = PrivateFolder.steps(name) else {
            throw Refusal(
                .forbidden, "taking a file", path: name, reason: "its name leads elsewhere or has signs that no name has",
                hint: "names are like 'mug.obj' or 'textures/wood.png'")
        }
        guard uploads.bytes < limits.folderBytes else {
            throw Refusal(
                .tooLarge, "taking a file", path: name, reason: "\(limits.folderBytes) bytes were uploaded already",
                hint: "close photos and meshes that are not needed")
        }
        return try uploads.place(for: id, name: steps)
    }

    // MARK: Opening

    /// Opens the photo in a file that a client names.
    ///
    /// Throws `Failure` and `Refusal`.
    package func openPhoto(_ reference: FileReference) async throws -> HeldPhoto {
        let (file, name) = try resolve(reference)
        return try await openPhoto(file: file, name: name, upload: reference.upload)
    }

    /// Opens the mesh in a file that a client names.
    ///
    /// Throws `Failure` and `Refusal`.
    package func openMesh(_ reference: FileReference) async throws -> HeldMesh {
        let (file, name) = try resolve(reference)
        return try await openMesh(file: file, name: name, upload: reference.upload)
    }

    /// Opens the photo in any file, under the name that clients know; the upload, that of the id if none is said, goes when it is closed.
    ///
    /// Throws `Failure`.
    package func openPhoto(
        file: String, name: String, id: Identifier = Identifier(), upload: Identifier? = nil
    ) async throws -> HeldPhoto {
        let limit = limits
        let held = try await openGate.pass {
            try await Workbench.inBackground {
                try Self.naming(name) {
                    let data = try Self.contents(of: file, "reading the photo", limit: limit.uploadBytes)
                    let photo = try OpenPhoto(data, name: name, maximumPixels: limit.photoPixels)
                    return HeldPhoto(id: id, photo: photo, upload: upload ?? id, file: file, bytes: data.count)
                }
            }
        }
        photos.keep(held, as: id, bytes: 3 * held.photo.image.width * held.photo.image.height)
        return held
    }

    /// Opens the mesh in any file, as ``openPhoto(file:name:id:upload:)``; materials and pictures beside it are seen.
    ///
    /// Throws `Failure`.
    package func openMesh(
        file: String, name: String, id: Identifier = Identifier(), upload: Identifier? = nil
    ) async throws -> HeldMesh {
        let (limit, bench) = (limits, bench)
        let held = try await openGate.pass {
            try await Workbench.inBackground {
                try Self.naming(name) {
                    let data = try Self.contents(of: file, "reading the mesh", limit: limit.uploadBytes)
                    let read = try Mesh(sniffing: data, path: file, options: bench.meshReading)
                    let mesh = try OpenMesh(
                        read, name: name, hash: ContentHash(of: data).hex, normalisation: bench.settings.normalisation,
                        colored: bench.settings.surface == .texture)
                    return HeldMesh(id: id, mesh: mesh, upload: upload ?? id, file: file, bytes: data.count)
                }
            }
        }
        meshes.keep(held, as: id, bytes: held.memory)
        return held
    }

    /// Makes an example of a kind and opens it.
    ///
    /// Throws `Refusal(.unknown)` for a kind that there is not, and `Failure`.
    package func openExample(_ name: String, seed: UInt64 = 0) async throws -> OpenedExample {
        guard let kind = ExampleKind(rawValue: name) else {
            throw Refusal(
                .unknown, "making an example", reason: "there is no example '\(name)'",
                hint: "there are \(ExampleKind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let (photoID, meshID) = (Identifier(), Identifier())
        let photoFile = try place(for: photoID, name: "photo.png")
        let meshFile = try place(for: meshID, name: "mesh.obj")
        let parallelism = bench.parallelism
        let document = try await openGate.pass {
            try await Workbench.inBackground {
                let folder = "\(self.uploads.path)/\(Identifier())"
                defer { try? FileManager.default.removeItem(atPath: folder) }
                let document = try ExampleJob(kind: kind, seed: seed).run(output: folder, parallelism: parallelism)
                try Self.move("\(folder)/photo.png", to: photoFile)
                try Self.move("\(folder)/mesh.obj", to: meshFile)
                return document
            }
        }
        let photo = try await openPhoto(file: photoFile, name: "\(name)-\(seed).png", id: photoID)
        let mesh = try await openMesh(file: meshFile, name: "\(name)-\(seed).obj", id: meshID)
        return OpenedExample(
            photo: photo.document, mesh: mesh.document, part: document.part, click: document.click, clicks: document.clicks)
    }

    /// The kinds of examples.
    package var examples: [ExampleListing] {
        ExampleKind.allCases.map { ExampleListing(name: $0.rawValue, parts: $0.partNames, tellingPart: $0.tellingPart) }
    }

    /// What can be opened in a folder; the given folders themselves for none.
    ///
    /// Throws `Failure` and `Refusal`.
    package func list(_ folder: String?) throws -> FolderListing {
        guard let folder else { return FolderListing(folder: "", parent: nil, folders: folders.paths, photos: [], meshes: []) }
        let path = try folders.path(of: folder)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw Failure(.badInput, "listing a folder", path: folder, reason: "it is no folder, or may not be read")
        }
        let parent = (path as NSString).deletingLastPathComponent
        var listing = FolderListing(folder: path, parent: folders.holds(parent) ? parent : nil, folders: [], photos: [], meshes: [])
        for name in names.sorted() where !name.hasPrefix(".") {
            let full = path == "/" ? "/\(name)" : "\(path)/\(name)"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder) else { continue }
            let ending = (name as NSString).pathExtension.lowercased()
            if isFolder.boolValue {
                listing.folders.append(full)
            } else if FileEndings.photos.contains(ending) {
                listing.photos.append(full)
            } else if FileEndings.meshes.contains(ending) {
                listing.meshes.append(full)
            }
        }
        return listing
    }

    // MARK: Files

    private func resolve(_ reference: FileReference) throws -> (file: String, name: String) {
        switch (reference.path, reference.upload, reference.name) {
        case (let path?, nil, nil): return (try folders.path(of: path), path)
        case (nil, let upload?, let name?):
            let file = try place(in: upload, name: name)
            guard FileManager.default.fileExists(atPath: file) else {
                throw Failure(.missingInput, "opening a file", path: name, reason: "the upload has no such file")
            }
            return (file, name)
        default: throw Failure(.usage, "opening a file", reason: "say either 'path', or 'upload' and 'name'")
        }
    }

    static func move(_ from: String, to: String) throws {
        guard rename(from, to) == 0 else {
            throw Failure(.internal, "keeping a file", path: to, reason: String(cString: strerror(errno)))
        }
    }

    /// What `body` gives; where it fails, under the name that clients know, since where uploads are kept is nobody's business.
    private static func naming<T>(_ name: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch var failure as Failure {
            failure.path = name
            throw failure
        }
    }

    private static func contents(of file: String, _ operation: String, limit: Int) throws -> Data {
        try AtomicFile.checkReadable(file, operation: operation)
        let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber)?.intValue ?? 0
        guard size <= limit else {
            throw Refusal(
                .tooLarge, operation, path: file, reason: "its \(size) bytes are more than the limit of \(limit)", hint: "make it smaller")
        }
        return try AtomicFile.readFile(file, operation: operation)
    }
}
