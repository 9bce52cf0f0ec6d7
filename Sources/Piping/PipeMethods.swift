import BSBAnswering
import BSBBasics
import BSBImages
import BSBResults
import BSBServing
import BSBShapes
import BSBTexturing
import BSBWorkbench
import Foundation

/// What comes back for a question.
struct PipeReply: Sendable {
    var result: any Encodable & Sendable
    var arrays: NamedArrays = []
    /// The id of an answer that stays open.
    var answer: String?
}

/// The methods of the protocol.
///
/// The questions of the service are methods of the same names. Beside them there is opening and closing, what is made of an answer, and
/// features. docs/stdio.md describes all.
struct PipeMethods: Sendable {
    let service: Service
    let answers: KeptAnswers
    let bench: Workbench
    let message: PipeMessage

    private struct Asked<Parameters: Decodable>: Decodable {
        var params: Parameters
    }

    private func parameters<Parameters: Decodable>(_ type: Parameters.Type = Parameters.self) throws -> Parameters {
        try message.decoded(Asked<Parameters>.self).params
    }

    /// Answers by the method of a name.
    ///
    /// Throws `Failure`, `Refusal` and `CancellationError`.
    func reply(to method: String) async throws -> PipeReply {
        if let kind = QuestionKind(rawValue: method) { return try await answer(kind) }
        switch method {
        case "version": return PipeReply(result: service.versionDocument)
        case "photos": return try await openPhoto(parameters())
        case "meshes": return try await openMesh(parameters())
        case "close": return try close(parameters())
        case "masks": return try await masks(parameters())
        default: return try await Workbench.inBackground { try reply(blocking: method) }
        }
    }

    private func reply(blocking method: String) throws -> PipeReply {
        switch method {
        case "texture": return try texture(parameters())
        case "picture": return try picture(parameters())
        case "save": return try save(parameters())
        case "transfer": return try transfer(parameters())
        case "similarity":
            let values = try answers.find(parameters(AnswerParameters.self).answer).similarity()
            return PipeReply(result: Done(), arrays: [("similarity", PipeArray(values, shape: [values.count]))])
        case "geometry":
            return PipeReply(result: Done(), arrays: PipeArray.geometry(try service.mesh(parameters(MeshParameters.self).mesh).mesh.mesh))
        case "photo-features":
            let photo = try service.photo(parameters(PhotoParameters.self).photo).photo
            return PipeReply(result: Done(), arrays: PipeArray.features(try photo.features(at: bench)))
        case "mesh-features":
            let values = try service.mesh(parameters(MeshParameters.self).mesh).mesh.features(at: bench).field.values
            return PipeReply(result: Done(), arrays: [("features", PipeArray(values.values, shape: [values.rows, values.columns]))])
        default: throw Failure(.usage, "reading the question", reason: "there is no method '\(method)'")
        }
    }

    // MARK: Questions of the service

    private func answer(_ kind: QuestionKind) async throws -> PipeReply {
        let work = try kind.question(questionText()).work(at: service)
        let contents = try await Workbench.inBackground { try work(bench) { _ in } }
        var reply = PipeReply(result: contents.document, arrays: PipeArray.arrays(of: contents))
        if let match = contents as? MatchContents { reply.answer = answers.add(match).description }
        return reply
    }

    /// The parameters as the service reads them, where a mask beside the question is one of the click's.
    private func questionText() throws -> Data {
        var parameters = try parameters(JSONValue.self)
        if let mask = message.arrays["mask"], case .object(var question) = parameters, case .object(var click) = question["click"] {
            click["mask"] = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(RunLengths(mask.mask())))
            question["click"] = .object(click)
            parameters = .object(question)
        }
        return try JSONEncoder().encode(parameters)
    }

    private struct MasksParameters: Decodable {
        var photo: Identifier
        var click: ClickDescription
    }

    private func masks(_ asked: MasksParameters) async throws -> PipeReply {
        let document = try await service.masks(asked.click, photo: asked.photo)
        return PipeReply(
            result: document, arrays: try document.masks.map { ($0.level.rawValue, PipeArray(try $0.segmentation.mask())) })
    }

    // MARK: Opening and closing

    private struct OpenParameters: Decodable {
        var path: String?
        var name: String?
    }

    private func openPhoto(_ asked: OpenParameters) async throws -> PipeReply {
        if let path = asked.path { return PipeReply(result: try await service.openPhoto(file: path, name: path).document) }
        let (id, file, name) = try place(asked, "photo")
        return PipeReply(result: try await service.openPhoto(file: file, name: name, id: id).document)
    }

    private func openMesh(_ asked: OpenParameters) async throws -> PipeReply {
        if let path = asked.path { return PipeReply(result: try await service.openMesh(file: path, name: path).document) }
        let (id, file, name) = try place(asked, "mesh")
        return PipeReply(result: try await service.openMesh(file: file, name: name, id: id).document)
    }

    /// Puts the file beside the question into the service's private folder; whatever its name is, the ending tells the format.
    private func place(_ asked: OpenParameters, _ what: String) throws -> (id: Identifier, file: String, name: String) {
        guard let bytes = message.arrays["file"]?.bytes else {
            throw Failure(.usage, "opening the \(what)", reason: "there is neither a 'path' nor an array 'file'")
        }
        let (id, name) = (Identifier(), asked.name ?? what)
        let ending = String((name as NSString).pathExtension.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(8))
        let file = try service.place(for: id, name: ending.isEmpty ? what : "\(what).\(ending)")
        try AtomicFile.write(bytes, to: file, operation: "opening the \(what)")
        return (id, file, name)
    }

    private struct CloseParameters: Decodable {
        var id: Identifier
    }

    private func close(_ asked: CloseParameters) throws -> PipeReply {
        if !answers.remove(asked.id), (try? service.closePhoto(asked.id)) == nil { try service.closeMesh(asked.id) }
        return PipeReply(result: Done())
    }

    // MARK: Of an answer

    private struct AnswerParameters: Decodable {
        var answer: Identifier
    }

    private struct TextureParameters: Decodable {
        var answer: Identifier
        var mode: TextureMode?
        var size: Int?
    }

    private func texture(_ asked: TextureParameters) throws -> PipeReply {
        let kept = try answers.find(asked.answer)
        var options = TextureOptions()
        if let size = asked.size {
            guard (64...8192).contains(size) else {
                throw Failure(.usage, "painting the part", reason: "'size' is 64 to 8192")
            }
            options.size = size
        }
        let (mode, bench) = (asked.mode ?? .image, asking(like: kept))
        let outcome = try TextureJob(at: bench, mode: mode, options: options).run(kept.answer)
        return PipeReply(result: TextureOutputs(outcome, mode: mode, at: bench).document(), arrays: PipeArray.texture(outcome))
    }

    private func picture(_ asked: AnswerParameters) throws -> PipeReply {
        let kept = try answers.find(asked.answer)
        let picture = try MatchOutputs(kept.answer, at: asking(like: kept)).overview()
        return PipeReply(result: Done(), arrays: [("file", PipeArray(file: picture))])
    }

    private struct SaveParameters: Decodable {
        var answer: Identifier
        var folder: String
    }

    private struct Saved: Encodable, Sendable {
        var outputs: [String]
    }

    private func save(_ asked: SaveParameters) throws -> PipeReply {
        let kept = try answers.find(asked.answer)
        return PipeReply(result: Saved(outputs: try MatchOutputs(kept.answer, at: asking(like: kept)).write(to: asked.folder).outputs))
    }

    /// The workbench of this question with the settings of an answer.
    private func asking(like kept: MatchContents) -> Workbench {
        var bench = bench
        bench.settings = kept.bench.settings
        return bench
    }

    private struct PhotoParameters: Decodable {
        var photo: Identifier
    }

    private struct MeshParameters: Decodable {
        var mesh: Identifier
    }

    // MARK: From mesh to mesh

    private struct TransferParameters: Decodable {
        var from: Identifier
        var mesh: Identifier
        var names: [String]
    }

    private func transfer(_ asked: TransferParameters) throws -> PipeReply {
        let (source, target) = (try service.mesh(asked.from).mesh, try service.mesh(asked.mesh).mesh)
        guard let given = message.arrays["labels"], given.type == .int32, given.shape.count == 1 else {
            throw Failure(.usage, "transferring labels", reason: "there is no array 'labels' (int32, one for each face of 'from')")
        }
        let perFace = given.bytes.withUnsafeBytes { bytes in
            (0..<given.shape[0]).map { Int(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self))) }
        }
        guard perFace.allSatisfy({ $0 < asked.names.count }) else {
            throw Failure(.usage, "transferring labels", reason: "a label is larger than the last of \(asked.names.count) 'names'")
        }
        let outcome = try LabelTransfer(at: bench).run(source, ShapeLabels(names: asked.names, perFace: perFace), to: target)
        let carried = outcome.carried
        let arrays: NamedArrays = [
            ("face_labels", PipeArray(carried.labels.perFace.map { Int32($0) }, shape: [carried.labels.perFace.count])),
            ("vertex_labels", PipeArray(carried.perVertex.map { Int32($0) }, shape: [carried.perVertex.count])),
            ("confidence", PipeArray(carried.confidence, shape: [carried.confidence.count])),
        ]
        return PipeReply(result: TransferOutputs(outcome, at: bench).document([]), arrays: arrays)
    }

    /// Nothing to say but that it is done.
    private struct Done: Encodable, Sendable {}
}
