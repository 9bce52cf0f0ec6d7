import BSBServing
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Reads what requests bring.
struct Bodies {
    let service: Service

    private static let operation = "reading the request"

    /// Whether the body says of itself that it is JSON.
    static func isJSON(_ request: Request) -> Bool {
        request.headers[.contentType].map { $0.prefix { $0 != ";" }.lowercased().hasPrefix("application/json") } ?? false
    }

    /// A value that the body says in JSON.
    ///
    /// Throws `Refusal(.tooLarge)`, and `Failure(.usage)` for what is no such value.
    func value<Value: Codable>(_ type: Value.Type, _ request: Request) async throws -> Value {
        try StrictJSON.decode(type, try await json(request))
    }

    /// The bytes of a JSON body.
    ///
    /// Throws `Refusal(.tooLarge)`, and `Refusal(.usage)` for a body that says it is something else.
    func json(_ request: Request) async throws -> Data {
        guard Self.isJSON(request) else {
            throw Refusal(.usage, Self.operation, reason: "its type is not application/json", hint: "say so in Content-Type")
        }
        return try await data(request, limit: service.limits.requestBytes)
    }

    /// All bytes of a body.
    ///
    /// Throws `Refusal(.tooLarge)`.
    func data(_ request: Request, limit: Int) async throws -> Data {
        var data = Data()
        try await read(request, limit: limit) { data.append(contentsOf: $0.readableBytesView) }
        return data
    }

    /// Writes the body into a file as it comes.
    ///
    /// Throws `Refusal(.tooLarge)`, and `Refusal(.internal)` where the file cannot be written; then the file is gone.
    func store(_ request: Request, at path: String) async throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.unwritable(path) }
        defer { close(descriptor) }
        do {
            try await read(request, limit: service.limits.uploadBytes) { buffer in
                try buffer.withUnsafeReadableBytes { bytes in
                    var rest = bytes[...]
                    while !rest.isEmpty {
                        let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                        guard count > 0 || errno == EINTR else { throw Self.unwritable(path) }
                        rest = rest.dropFirst(max(0, count))
                    }
                }
            }
        } catch {
            unlink(path)
            throw error
        }
    }

    private static func unwritable(_ path: String) -> Refusal {
        Refusal(.internal, "keeping an upload", reason: String(cString: strerror(errno)))
    }

    /// Hands over the body piece by piece, as long as it is not too large and comes at a pace.
    private func read(_ request: Request, limit: Int, take: (ByteBuffer) throws -> Void) async throws {
        let tooLarge = Refusal(
            .tooLarge, Self.operation, reason: "it has more than the \(limit) bytes that are taken", hint: "make it smaller")
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > limit { throw tooLarge }
        var total = 0
        let start = ContinuousClock.now
        var pieces = request.body.makeAsyncIterator()
        while let buffer = try await Self.next(&pieces) {
            total += buffer.readableBytes
            guard total <= limit else { throw tooLarge }
            // A minute, and from then on 50 kB a second: who is slower keeps a connection from others.
            guard start.duration(to: .now) < .seconds(60 + total / 50_000) else {
                throw HTTPError(.requestTimeout, message: "it comes too slowly")
            }
            try take(buffer)
        }
        if let length, total < length { throw Self.broken }
    }

    private static let broken = HTTPError(.badRequest, message: "its body broke off")

    private static func next(_ pieces: inout RequestBody.AsyncIterator) async throws -> ByteBuffer? {
        do { return try await pieces.next() } catch { throw broken }
    }
}
