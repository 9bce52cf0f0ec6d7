import BSBImages
import BSBServing
import BSBWorkbench
import Foundation
import HTTPTypes
import Hummingbird

extension Routes {
    var files: [Route] {
        [
            Route(.get, "/api/examples") { _, _ in try Answers.json(service.examples) },
            Route(.post, "/api/examples/{example}") { request, context in
                let seed = try Self.number("seed", in: 0...Int(UInt32.max), request) ?? 0
                let name = context.parameters.get("example") ?? ""
                return try Answers.json(try await service.openExample(name, seed: UInt64(seed)), .created)
            },
            Route(.get, "/api/files") { request, _ in try Answers.json(try service.list(Self.text("folder", request))) },
            Route(.post, "/api/uploads") { _, _ in try Answers.json(["id": service.beginUpload()], .created) },
            Route(.put, "/api/uploads/{upload}") { request, context in
                guard let name = Self.text("name", request) else {
                    throw Refusal(.usage, "taking a file", reason: "it has no name", hint: "say it: ?name=mug.obj")
                }
                try await bodies.store(request, at: try service.place(in: Self.id("upload", context), name: name))
                return Answers.none
            },
        ]
    }

    var photos: [Route] {
        [
            Route(.get, "/api/photos") { _, _ in try Answers.json(service.openPhotos.map(\.document)) },
            Route(.post, "/api/photos") { request, _ in
                let held = try await opened(
                    request, reference: service.openPhoto(_:), file: { try await service.openPhoto(file: $0, name: $1, id: $2) })
                return try Answers.json(held.document, .created)
            },
            Route(.get, "/api/photos/{photo}") { _, context in
                try Answers.json(try service.photo(Self.id("photo", context)).document)
            },
            Route(.delete, "/api/photos/{photo}") { _, context in
                try service.closePhoto(Self.id("photo", context))
                return Answers.none
            },
            Route(.get, "/api/photos/{photo}/picture") { request, context in
                let image = try service.photo(Self.id("photo", context)).photo.image
                let side = try Self.number("side", in: 16...8192, request)
                let data = try await Workbench.inBackground {
                    let isLarger = side.map { max(image.width, image.height) > $0 } ?? false
                    return try (isLarger ? image.resized(longestSide: side!) : image).pngData(compression: 1)
                }
                return Answers.bytes(data, type: "image/png")
            },
            Route(.get, "/api/photos/{photo}/file") { _, context in
                let id = try Self.id("photo", context)
                let data = try await Workbench.inBackground { try service.fileOf(photo: id) }
                return Answers.download(data, type: "application/octet-stream", name: "photo")
            },
            Route(.post, "/api/photos/{photo}/masks") { request, context in
                let (id, conversation) = (try Self.id("photo", context), try Self.id(query: "conversation", request))
                let turn = try Self.number("turn", in: 0...Int(Int32.max), request)
                let click = try await bodies.value(ClickDescription.self, request)
                return try Answers.json(try await service.masks(click, photo: id, conversation: conversation, turn: turn))
            },
        ]
    }

    var meshes: [Route] {
        [
            Route(.get, "/api/meshes") { _, _ in try Answers.json(service.openMeshes.map(\.document)) },
            Route(.post, "/api/meshes") { request, _ in
                let held = try await opened(
                    request, reference: service.openMesh(_:), file: { try await service.openMesh(file: $0, name: $1, id: $2) })
                return try Answers.json(held.document, .created)
            },
            Route(.get, "/api/meshes/{mesh}") { _, context in try Answers.json(try service.mesh(Self.id("mesh", context)).document) },
            Route(.delete, "/api/meshes/{mesh}") { _, context in
                try service.closeMesh(Self.id("mesh", context))
                return Answers.none
            },
            Route(.get, "/api/meshes/{mesh}/geometry") { _, context in
                let held = try service.mesh(Self.id("mesh", context))
                let data = try await Workbench.inBackground { try held.geometry() }
                return Answers.bytes(data, type: "application/octet-stream")
            },
            Route(.get, "/api/meshes/{mesh}/pictures/{material}") { _, context in
                let material = Int(context.parameters.get("material") ?? "") ?? -1
                let data = try service.mesh(Self.id("mesh", context)).picture(ofMaterial: material)
                return Answers.bytes(data, type: Answers.type(ofPicture: data))
            },
            Route(.get, "/api/meshes/{mesh}/portrait") { request, context in
                let held = try service.mesh(Self.id("mesh", context))
                let side = try Self.number("side", in: 16...1024, request) ?? 256
                let data = try await Workbench.inBackground { try held.portrait(side: side) }
                return Answers.bytes(data, type: "image/png")
            },
            Route(.get, "/api/meshes/{mesh}/file") { _, context in
                let id = try Self.id("mesh", context)
                let data = try await Workbench.inBackground { try service.fileOf(mesh: id) }
                return Answers.download(data, type: "application/octet-stream", name: "mesh")
            },
        ]
    }

    /// Opens what the body is, or what it refers to.
    private func opened<Held>(
        _ request: Request, reference: (FileReference) async throws -> Held, file: (String, String, Identifier) async throws -> Held
    ) async throws -> Held {
        if Bodies.isJSON(request) { return try await reference(try await bodies.value(FileReference.self, request)) }
        let (id, name) = (Identifier(), Self.text("name", request) ?? "unnamed")
        do {
            let path = try service.place(for: id, name: name)
            try await bodies.store(request, at: path)
            return try await file(path, name, id)
        } catch {
            service.uploads.discard(id)
            throw error
        }
    }
}
