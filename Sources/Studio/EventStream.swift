import BSBServing
import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The events of an answer as server-sent events.
struct EventStream {
    let record: AnswerRecord

    /// How long one stream lasts; browsers come again by themselves and go on behind the last event that they saw.
    private static let longest = TimeAmount.minutes(15)
    private static let heartbeat = Duration.seconds(10)

    /// The stream behind the event `last`.
    func response(after last: Int, _ context: StudioContext) -> Response {
        let texts = texts(after: last)
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                // Whoever does not read what is sent is not written to for ever.
                let end = context.closeConnection(after: Self.longest)
                defer { end.cancel() }
                for await text in texts.cancelOnGracefulShutdown() { try await writer.write(ByteBuffer(string: text)) }
                try await writer.finish(nil)
            })
    }

    /// Events as text, and now and then a comment, by which it shows that a client is gone.
    private func texts(after last: Int) -> AsyncStream<String> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1024)) { stream in
            let events = Task {
                for await (number, event) in record.events(after: last) {
                    let data = (try? event.json()).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
                    stream.yield("id: \(number)\nevent: \(event.name)\ndata: \(data)\n\n")
                }
                stream.finish()
            }
            let pulse = Task {
                while !Task.isCancelled {
                    try await Task.sleep(for: Self.heartbeat)
                    stream.yield(": still at it\n\n")
                }
            }
            stream.onTermination = { _ in
                events.cancel()
                pulse.cancel()
            }
        }
    }
}
