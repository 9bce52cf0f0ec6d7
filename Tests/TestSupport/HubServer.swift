import Foundation

/// A small hub on 127.0.0.1, which can be told to misbehave.
///
/// One thread takes connections one after the other; every answer ends its connection.
public final class HubServer: @unchecked Sendable {
    /// What came in.
    public struct Request: Sendable {
        /// The verb.
        public var method: String
        /// What was asked for.
        public var path: String
        /// By their names in lower case.
        public var headers: [String: String]
        /// The first byte that was asked for, if not the first of all.
        public var rangeStart: Int? { headers["range"].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) } }
    }

    /// What goes out: the head, the body, and how much of it before the connection ends or sleeps.
    public struct Answer: Sendable {
        /// The code.
        public var status = 200
        /// By their names.
        public var headers: [String: String] = [:]
        /// What follows the head.
        public var body = Data()
        /// The length that the head claims; nil is the truth, -1 none.
        public var claimedLength: Int?
        /// Bytes after which the connection ends.
        public var cutAfter: Int?
        /// Bytes after which nothing comes any more for a while.
        public var stallAfter: Int?

        /// An answer that does not misbehave.
        public init(status: Int = 200, headers: [String: String] = [:], body: Data = Data()) {
            (self.status, self.headers, self.body) = (status, headers, body)
        }
    }

    /// The commit of all files.
    public static let commit = String(repeating: "a1", count: 20)
    private let socket: Int32
    let port: Int
    private let lock = NSLock()
    private var log: [Request] = []
    private let handler: @Sendable (Request, Int) -> Answer
    private var isStopped = false

    /// A server that answers with what `handler` makes of a request and its number: 1 for the first GET, 0 for all that are none.
    public init(_ handler: @escaping @Sendable (Request, Int) -> Answer) throws {
        self.handler = handler
        (socket, port) = try Self.listen()
        Thread.detachNewThread { [socket] in
            // Closed by this thread alone: were it closed while a connection is served, the next server could get its number, and this
            // thread would take that one's connections.
            defer { close(socket) }
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0 else { return }
                self.serve(connection)
            }
        }
    }

    private static func listen() throws -> (socket: Int32, port: Int) {
        #if canImport(Darwin)
            let socket = Foundation.socket(AF_INET, SOCK_STREAM, 0)
        #else
            let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard bound, Foundation.listen(socket, 16) == 0 else { throw CocoaError(.fileWriteUnknown) }
        return (socket, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// Stops taking connections; what is being answered is not waited for.
    public func stop() {
        lock.lock()
        defer { lock.unlock() }
        guard !isStopped else { return }
        isStopped = true
        shutdown(socket, Int32(SHUT_RDWR))
    }

    /// Where it is reached.
    public var address: String { "http://127.0.0.1:\(port)" }

    /// What came in so far.
    public var requests: [Request] {
        lock.lock()
        defer { lock.unlock() }
        return log
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var timeout = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        guard let request = Self.read(connection) else { return }
        lock.lock()
        log.append(request)
        let number = request.method == "GET" ? log.count { $0.method == "GET" } : 0
        lock.unlock()
        let answer = handler(request, number)
        var head = "HTTP/1.1 \(answer.status) X\r\nConnection: close\r\n"
        if answer.claimedLength != -1 { head += "Content-Length: \(answer.claimedLength ?? answer.body.count)\r\n" }
        for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
        Self.send(Data((head + "\r\n").utf8), connection)
        guard request.method != "HEAD" else { return }
        Self.send(answer.body.prefix(min(answer.cutAfter ?? .max, answer.stallAfter ?? .max)), connection)
        if answer.stallAfter != nil { Thread.sleep(forTimeInterval: 2.5) }
    }

    private static func read(_ connection: Int32) -> Request? {
        var text = Data()
        var buffer = [UInt8](repeating: 0, count: 4096)
        while text.range(of: Data("\r\n\r\n".utf8)) == nil {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            text.append(contentsOf: buffer[..<count])
        }
        let lines = String(decoding: text, as: UTF8.self).components(separatedBy: "\r\n")
        let first = lines[0].split(separator: " ")
        guard first.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return Request(method: String(first[0]), path: String(first[1]), headers: headers)
    }

    private static func send(_ data: Data, _ connection: Int32) {
        data.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                #if canImport(Darwin)
                    let flags: Int32 = 0
                #else
                    let flags = Int32(MSG_NOSIGNAL)
                #endif
                let count = Foundation.send(connection, bytes.baseAddress! + sent, bytes.count - sent, flags)
                guard count > 0 else { return }
                sent += count
            }
        }
    }
}

extension HubServer {
    /// An honest answer of a hub that has `content` under every path.
    public static func honest(_ request: Request, _ content: Data, tag: String) -> Answer {
        var answer = Answer(headers: ["X-Repo-Commit": commit, "ETag": "\"\(tag)\"", "X-Linked-Size": "\(content.count)"], body: content)
        if let start = request.rangeStart {
            guard start < content.count else { return Answer(status: 416) }
            answer.status = 206
            answer.body = content.dropFirst(start)
            answer.headers["Content-Range"] = "bytes \(start)-\(content.count - 1)/\(content.count)"
        }
        return answer
    }
}
