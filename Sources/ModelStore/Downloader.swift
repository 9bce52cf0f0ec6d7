import BSBBasics
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// How far a file is.
package struct DownloadProgress: Sendable, Hashable {
    /// The file's path in its source.
    package var file: String
    /// Bytes that are here.
    package var done: Int64
    /// Bytes in all, if that is known.
    package var total: Int64?
}

/// How patient downloads are.
package struct DownloadOptions: Sendable, Hashable {
    /// Seconds without a byte after which a connection is given up.
    package var stallSeconds = 30.0
    /// Connections in a row that may end without a new byte.
    package var attempts = 5
    /// Seconds before the second connection; doubled before each further one.
    package var pause = 1.0
    /// Redirects that are followed in a row.
    package var redirects = 8

    /// The default options.
    package init() {}
}

/// Fetches a file over HTTP, going on where an earlier run was cut short.
struct Downloader: Sendable {
    let options: DownloadOptions
    /// Sent to the host that is asked first, never to one that it redirects to.
    let token: String?

    /// What a server says of a file before it sends it.
    struct Head: Sendable, Hashable {
        var commit: String?
        /// The hub's own name for the content; SHA-256 for large files.
        var tag: String?
        var bytes: Int64?
    }

    static let operation = "fetching the model"

    /// What the server says of the file at `address`.
    ///
    /// Throws `Failure` if the file cannot be had there.
    func head(of address: String) throws -> Head {
        try retrying(address, progressed: { false }) {
            let response = try exchange(address, method: "HEAD", redirects: .sameHost).response
            try Self.check(response, address)
            func field(_ name: String) -> String? { response.value(forHTTPHeaderField: name).flatMap { $0.isEmpty ? nil : $0 } }
            let isRedirect = response.isRedirection
            let length = field("X-Linked-Size") ?? (isRedirect ? nil : field("Content-Length"))
            return Head(
                commit: field("X-Repo-Commit").flatMap { HubRepository.isCommit($0) ? $0 : nil },
                tag: (field("X-Linked-ETag") ?? (isRedirect ? nil : field("ETag"))).flatMap(Self.plainTag),
                bytes: length.flatMap { Int64($0) })
        }
    }

    /// Fetches `address` into the file `path`, after what is there already.
    ///
    /// - Parameter bytes: the length that the file must have, if that is known.
    /// - Throws: `Failure` if the file cannot be had; what came stays for the next try.
    func fetch(_ address: String, to path: String, bytes: Int64?, progress: @escaping @Sendable (Int64, Int64?) -> Void) throws {
        let partial = try PartialFile(path, expected: bytes, address: address, progress: progress)
        if let bytes, partial.count == bytes, bytes > 0 { return progress(bytes, bytes) }
        var before = partial.count
        let progressed = {
            defer { before = partial.count }
            return partial.count > before
        }
        try retrying(address, progressed: progressed) {
            let offset = partial.count
            let head = try exchange(
                address, method: "GET", redirects: .any, from: offset, accept: { try partial.begin($0) },
                receive: { try partial.append($0) })
            if head.response.statusCode == 416 {
                // What is here is not a beginning of what is there.
                try partial.restart()
                throw HTTPTransfer.Interruption(reason: "the server cannot go on from byte \(offset)")
            }
            try Self.check(head.response, address)
            try partial.checkComplete()
        }
    }

    private enum Redirects { case sameHost, any }

    /// Sends a request, following redirects as far as is wanted.
    private func exchange(
        _ address: String, method: String, redirects: Redirects, from offset: Int64 = 0,
        accept: @escaping @Sendable (HTTPURLResponse) throws -> Void = { _ in },
        receive: @escaping @Sendable (Data) throws -> Void = { _ in }
    ) throws -> (response: HTTPURLResponse, url: URL) {
        guard let first = URL(string: address), first.host != nil else {
            throw Failure(.usage, Self.operation, path: address, reason: "it is not an address")
        }
        var url = first
        for _ in 0...options.redirects {
            let request = request(url, method: method, from: offset, isTrusted: Redirection.isSameServer(url, first))
            let response = try HTTPTransfer(request, stallSeconds: options.stallSeconds, accept: accept, receive: receive).run()
            guard response.isRedirection else { return (response, url) }
            guard let place = response.value(forHTTPHeaderField: "Location") else {
                throw Failure(
                    .badInput, Self.operation, path: address,
                    reason: "the server answers \(response.statusCode) without saying where the file is")
            }
            guard let next = Redirection.target(of: place, from: url) else {
                throw Failure(
                    .badInput, Self.operation, path: address, reason: "the server leads to '\(place)', which is not a safe address")
            }
            if redirects == .sameHost, next.host != url.host { return (response, url) }
            url = next
        }
        throw Failure(.badInput, Self.operation, path: address, reason: "the server leads from one address to another without end")
    }

    private func request(_ url: URL, method: String, from offset: Int64, isTrusted: Bool) -> URLRequest {
        var request = URLRequest(url: url)
        request.httpMethod = method
        // Compressed answers would make byte positions meaningless.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        request.setValue("segmentation-buddies", forHTTPHeaderField: "User-Agent")
        if offset > 0 { request.setValue("bytes=\(offset)-", forHTTPHeaderField: "Range") }
        if let token, isTrusted { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        return request
    }

    /// Repeats `body` after interruptions, as often as the options say without progress in between.
    private func retrying<T>(_ address: String, progressed: () -> Bool, _ body: () throws -> T) throws -> T {
        var failures = 0
        while true {
            do { return try body() } catch let interruption as HTTPTransfer.Interruption {
                failures = progressed() ? 1 : failures + 1
                guard failures < options.attempts else {
                    throw Failure(
                        .missingModel, Self.operation, path: address,
                        reason: "the server cannot be reached or breaks off: \(interruption.reason)",
                        hint: "what came is kept; the same command goes on from there")
                }
                Thread.sleep(forTimeInterval: options.pause * Double(1 << min(failures - 1, 5)))
            }
        }
    }

    /// Turns a refusal into a failure, and a passing one into an interruption.
    private static func check(_ response: HTTPURLResponse, _ address: String) throws {
        let status = response.statusCode
        switch status {
        case 200..<400: return
        case 401, 403:
            throw Failure(
                .missingModel, operation, path: address, reason: "the server does not let this user have it (\(status))",
                hint: "accept the model's licence on its page if it asks for that, and set HF_TOKEN to a token of yours")
        case 404, 410:
            throw Failure(
                .missingModel, operation, path: address, reason: "there is no such file (\(status))",
                hint: "it may have moved; 'bsb models add' takes files from elsewhere")
        case 408, 425, 429, 500...599: throw HTTPTransfer.Interruption(reason: "the server answers \(status)")
        default: throw Failure(.missingModel, operation, path: address, reason: "the server answers \(status)")
        }
    }

    /// A tag without quotes and weakness, if it can be a file's name.
    private static func plainTag(_ text: String) -> String? {
        let tag = text.replacingOccurrences(of: "W/", with: "").trimmingCharacters(in: CharacterSet(charactersIn: "\""))
        let isPlain = (1...128).contains(tag.utf8.count) && tag.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        return isPlain ? tag : nil
    }
}
