import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBResults
import BSBWorkbench
import Foundation

/// What answers the programs and pages that have things open: photos, meshes, questions and answers, each by an id that nobody can guess.
///
/// It knows nothing of how it is asked: `bsb studio` carries it over HTTP and `bsb serve` over a pipe. What is open and what is kept of
/// answers is bounded; what was not used for the longest time goes first.
package final class Service: Sendable {
    /// What answers.
    package let bench: Workbench
    /// How much is taken and kept.
    package let limits: ServiceLimits
    /// From where files may be opened by path.
    package let folders: GivenFolders
    /// Where uploads are kept.
    package let uploads: PrivateFolder
    /// The program's version.
    package let version: String

    let photos: Shelf<HeldPhoto>
    let meshes: Shelf<HeldMesh>
    let files: Shelf<Identifier>
    private let answers: Shelf<AnswerRecord>
    private let conversations: Shelf<Talk>
    private let running = Guarded<[Identifier: AnswerRecord]>([:])
    private let preparing = Guarded<[Identifier: AnswerRecord]>([:])
    private let questionGate: Gate
    private let hoverGate = Gate(2)
    private let preparationGate = Gate(1)
    let openGate = Gate(2)
    private let start = ContinuousClock.now

    /// A service of a workbench.
    ///
    /// Throws `Failure` if the folder for uploads cannot be made.
    package init(_ bench: Workbench, version: String, folders: GivenFolders = GivenFolders(), limits: ServiceLimits = ServiceLimits())
        throws
    {
        var bench = bench
        bench.meshReading.maximumFaces = min(limits.meshFaces, bench.meshReading.maximumFaces)
        (self.bench, self.version, self.folders, self.limits) = (bench, version, folders, limits)
        let uploads = try PrivateFolder()
        self.uploads = uploads
        let answers = Shelf<AnswerRecord>(byteLimit: limits.answerBytes, countLimit: limits.answers) { $0.cancel() }
        self.answers = answers
        // Answers hold what they are about, so they go with it.
        photos = Shelf(byteLimit: limits.openBytes, countLimit: 1000) { photo in
            answers.removeAll { $0.inputs.contains(photo.id) }
            uploads.discard(photo.upload)
        }
        meshes = Shelf(byteLimit: limits.openBytes, countLimit: 1000) { mesh in
            answers.removeAll { $0.inputs.contains(mesh.id) }
            uploads.discard(mesh.upload)
        }
        files = Shelf(countLimit: 1000) { uploads.discard($0) }
        conversations = Shelf(countLimit: 1000) { $0.withdraw() }
        questionGate = Gate(limits.questionsAtOnce)
        Task { [weak self] in
            while let interval = self?.sweep() { try await Task.sleep(for: interval) }
        }
    }

    /// The program, its models and its limits.
    package var versionDocument: VersionDocument {
        VersionDocument(
            version: version, models: bench.models,
            limits: .init(
                uploadBytes: limits.uploadBytes, photoPixels: limits.photoPixels, meshFaces: limits.meshFaces, openBytes: limits.openBytes,
                requestBytes: limits.requestBytes),
            roots: folders.paths)
    }

    /// What the service holds and does.
    package var health: HealthDocument {
        HealthDocument(
            photos: photos.size.count, meshes: meshes.size.count, answers: answers.size.count, running: running.withLock(\.count),
            openBytes: photos.size.bytes + meshes.size.bytes, memoryBytes: bench.memory.bytes,
            seconds: start.duration(to: .now) / .seconds(1))
    }

    /// Withdraws everything and removes what was uploaded.
    package func close() {
        for record in running.withLock({ Array($0.values) }) { record.cancel() }
        uploads.remove()
    }

    // MARK: Conversations and questions

    /// Begins a conversation.
    package func beginConversation() -> Identifier {
        let id = Identifier()
        conversations.keep(Talk(), as: id)
        return id
    }

    /// Ends a conversation and withdraws its question.
    ///
    /// Throws `Refusal(.unknown)`.
    package func endConversation(_ id: Identifier) throws {
        guard conversations.remove(id) else { throw Refusal.unknown("conversation", id) }
    }

    private func talk(_ id: Identifier?) throws -> Talk? {
        guard let id else { return nil }
        guard let talk = conversations.find(id) else { throw Refusal.unknown("conversation", id) }
        return talk
    }

    /// Asks a question, which withdraws the one before it in its conversation; it is answered in the background.
    ///
    /// Throws `Failure` and `Refusal` for a question that cannot be answered, which then withdraws nothing.
    package func ask(_ question: any Question) throws -> AnswerRecord {
        let talk = try talk(question.conversation)
        if let preparation = question as? PrepareQuestion, let known = preparing.withLock({ $0[preparation.mesh] }) { return known }
        let work = try question.work(at: self)
        let record = AnswerRecord(type(of: question).kind, about: question.inputs(at: self))
        let isTaken = running.withLock { running -> Bool in
            guard running.count < limits.questions else { return false }
            running[record.id] = record
            return true
        }
        guard isTaken else {
            throw Refusal(
                .tooMany, "taking the question", reason: "\(limits.questions) questions wait already", hint: "ask again in a moment")
        }
        if let preparation = question as? PrepareQuestion { preparing.withLock { $0[preparation.mesh] = record } }
        answers.keep(record, as: record.id, bytes: 4096)
        // The order in which questions come is settled here, before anything waits.
        let cancellation = talk?.questions.next(turn: question.turn) ?? Cancellation()
        record.begin(Task { await self.answer(record, work, cancellation, question) })
        return record
    }

    private func answer(_ record: AnswerRecord, _ work: @escaping Work, _ cancellation: Cancellation, _ question: any Question) async {
        let bench = bench.asking(
            progress: { record.tell(.progress(ProgressDocument($0))) }, cancellation: cancellation)
        let outcome: ServiceEvent
        var made: (any AnswerContents)?
        do {
            let contents = try await withTaskCancellationHandler {
                // Whoever prepares meshes shall not keep others from clicking.
                try await (record.kind == .prepare ? preparationGate : questionGate).pass {
                    try await Workbench.inBackground {
                        try cancellation.check()
                        return try work(bench) { record.tell($0) }
                    }
                }
            } onCancel: {
                cancellation.cancel()
            }
            answers.resize(record.id, bytes: contents.bytes)
            (outcome, made) = (.answer(contents.document), contents)
        } catch is CancellationError {
            outcome = .withdrawn
        } catch {
            outcome = .failed(FailureDocument(error))
        }
        // Before it is told, so that whoever hears it finds nothing running.
        running.withLock { $0[record.id] = nil }
        if let preparation = question as? PrepareQuestion { preparing.withLock { $0[preparation.mesh] = nil } }
        record.tell(outcome, contents: made)
    }

    /// The record of an answer.
    ///
    /// Throws `Refusal(.unknown)`.
    package func answer(_ id: Identifier) throws -> AnswerRecord {
        guard let record = answers.find(id) else { throw Refusal.unknown("answer", id) }
        return record
    }

    /// Withdraws a question and forgets its answer.
    ///
    /// Throws `Refusal(.unknown)`.
    package func forget(_ id: Identifier) throws {
        guard answers.remove(id) else { throw Refusal.unknown("answer", id) }
    }

    /// What a click would mean in a photo; a newer call of the conversation withdraws it.
    ///
    /// Throws `Failure`, `Refusal` and `CancellationError`.
    package func masks(
        _ description: ClickDescription, photo: Identifier, conversation: Identifier? = nil, turn: Int? = nil
    ) async throws -> PhotoMasksDocument {
        let (photo, talk) = (try self.photo(photo).photo, try talk(conversation))
        let click = try description.click(in: photo)
        let cancellation = talk?.hovers.next(turn: turn) ?? Cancellation()
        let bench = bench.asking(progress: { _ in }, cancellation: cancellation)
        return try await withTaskCancellationHandler {
            try await hoverGate.pass {
                try await Workbench.inBackground {
                    try cancellation.check()
                    return PhotoMasksDocument(try photo.predictions(of: click, at: bench).part, of: click)
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Withdraws questions that nobody has listened to for long, and says when to look again.
    private func sweep() -> Duration {
        for record in running.withLock({ Array($0.values) }) where record.kind != .prepare && record.silence() > limits.patience {
            record.cancel()
        }
        return .seconds(min(limits.patience, 10))
    }
}

/// The two threads of a conversation: questions, and looks at what a click would mean.
private struct Talk: Sendable {
    let questions = Turns()
    let hovers = Turns()

    func withdraw() {
        questions.withdraw()
        hovers.withdraw()
    }
}

extension Refusal {
    /// That nothing has an id, or no longer.
    static func unknown(_ what: String, _ id: Identifier) -> Refusal {
        Refusal(.unknown, "looking for the \(what)", reason: "nothing open has the id \(id)", hint: "open it again")
    }
}

extension PhotoMasksDocument {
    /// The three masks of a click.
    init(_ prediction: MaskPrediction, of click: Click) {
        let masks = MaskLevel.allCases.map { level in
            let mask = prediction.mask(level)
            return PhotoMask(
                level: level, fraction: Double(mask.fraction), predictedIoU: prediction.predictedIoU[level.index],
                box: mask.boundingBox.map { [$0.x, $0.y, $0.x + $0.width, $0.y + $0.height] }, segmentation: RunLengths(mask))
        }
        self.init(click: [click.pixel.x, click.pixel.y], masks: masks)
    }
}
