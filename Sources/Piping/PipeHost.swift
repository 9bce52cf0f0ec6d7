import BSBAnswering
import BSBBasics
import BSBServing
import BSBWorkbench
import Foundation

/// Carries a service over a pipe; docs/stdio.md is its protocol.
package final class PipeHost: Sendable {
    private let service: Service
    private let writer: PipeWriter
    private let answers = KeptAnswers()
    private let asked = Guarded<[Int: Cancellation]>([:])
    // A few at once: each uses all threads where it can.
    private let gate = Gate(4)

    /// A host that answers to `writer` for a service.
    package init(_ service: Service, writer: PipeWriter) {
        self.service = service
        self.writer = writer
    }

    /// What a pipe's service takes: whoever started it has it alone, so that little is refused, and nothing is closed but what is told to be.
    package static var limits: ServiceLimits {
        var limits = ServiceLimits()
        (limits.uploadBytes, limits.folderBytes, limits.openBytes) = (2 << 30, .max, .max)
        (limits.photoPixels, limits.meshFaces) = (.max, .max)
        return limits
    }

    private struct Envelope: Decodable {
        var id: Int
        var method: String
    }

    private struct Answer: Encodable {
        var id: Int
        var result: AnyEncodable
        var answer: String?
    }

    private struct Failed: Encodable {
        var id: Int?
        var error: FailureDocument
    }

    private struct Event: Encodable {
        var id: Int
        var event = "progress"
        var data: ProgressDocument
    }

    /// Reads questions until there are no more, and answers them side by side.
    ///
    /// What is being answered when the input ends is withdrawn, and its asker, who is gone, not waited for. Throws `Failure` where the input
    /// cannot be understood any more.
    package func run(_ reader: PipeReader) throws {
        var reader = reader
        while let message = try reader.next() {
            let envelope: Envelope
            do {
                envelope = try message.decoded(Envelope.self)
            } catch {
                refuse(nil, error)
                continue
            }
            if envelope.method == "cancel" {
                asked.withLock { $0[envelope.id]?.cancel() }
                continue
            }
            let cancellation = Cancellation()
            let isNew = asked.withLock { asked in
                if asked[envelope.id] != nil { return false }
                asked[envelope.id] = cancellation
                return true
            }
            guard isNew else {
                refuse(nil, Failure(.usage, "reading the question", reason: "the id \(envelope.id) is that of an open question"))
                continue
            }
            Task { await answer(message, envelope, cancellation) }
        }
        asked.withLock { $0.values.forEach { $0.cancel() } }
        service.close()
    }

    private func answer(_ message: PipeMessage, _ envelope: Envelope, _ cancellation: Cancellation) async {
        let id = envelope.id
        let bench = service.bench.asking(
            progress: { [writer] update in try? writer.write(Event(id: id, data: ProgressDocument(update))) }, cancellation: cancellation)
        do {
            let reply = try await gate.pass {
                try cancellation.check()
                return try await PipeMethods(service: service, answers: answers, bench: bench, message: message).reply(to: envelope.method)
            }
            // The id is free again before its asker can know of the answer.
            asked.withLock { $0[id] = nil }
            try writer.write(Answer(id: id, result: AnyEncodable(value: reply.result), answer: reply.answer), arrays: reply.arrays)
        } catch {
            asked.withLock { $0[id] = nil }
            refuse(id, error)
        }
    }

    private func refuse(_ id: Int?, _ error: any Error) {
        // What cannot be written has nobody to tell.
        try? writer.write(Failed(id: id, error: FailureDocument(error)))
    }
}

/// A document of any type.
private struct AnyEncodable: Encodable {
    var value: any Encodable

    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}
