import Foundation
import TestSupport
import Testing

/// A running `bsb studio` on a port of its own, with a folder for what it leaves on disk.
final class StudioProcess {
    let process = Process()
    /// Where it is reached, without the slash.
    let address: String
    /// The first line that it printed.
    let printed: String
    /// Its temporary folder.
    let temporary: String

    var port: Int { Int(address.split(separator: ":").last!)! }

    /// Starts it; few views of meshes, since nobody judges the answers here.
    init(_ arguments: [String] = [], folder: String) throws {
        temporary = "\(folder)/temporary-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments =
            ["studio", "--port", "0", "--no-open", "--no-cache", "--views", "8", "--segment-views", "12"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": temporary]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8) { line += byte }
        printed = String(decoding: line, as: UTF8.self)
        let found = try #require(printed.firstMatch(of: /http:\/\/[0-9.:]+/), "the studio printed '\(printed)'")
        address = String(found.output)
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// Tells it to end as Ctrl-C does, and waits; its exit code, or nil if it did not end.
    func interrupt() -> Int32? {
        kill(process.processIdentifier, SIGINT)
        for _ in 0..<200 where process.isRunning { Thread.sleep(forTimeInterval: 0.05) }
        return process.isRunning ? nil : process.terminationStatus
    }

    /// What came back.
    struct Reply {
        var status: Int
        var headers: String
        var body: Data

        /// The body as a JSON object.
        func json() throws -> [String: Any] { try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any]) }

        /// A text in the body's JSON.
        func text(_ name: String) throws -> String { try #require(try json()[name] as? String) }

        /// What the body says went wrong.
        func code() throws -> String { try #require((try json()["error"] as? [String: Any])?["code"] as? String) }
    }

    /// Asks with curl, a client that nobody here wrote.
    func curl(_ path: String, _ arguments: [String] = [], body: Data? = nil) throws -> Reply {
        try withTemporaryDirectory { folder in
            var all = ["-sS", "-o", "\(folder)/body", "-D", "\(folder)/headers", "-w", "%{http_code}", "--max-time", "60"] + arguments
            if let body {
                try body.write(to: URL(fileURLWithPath: "\(folder)/sent"))
                all += ["--data-binary", "@\(folder)/sent"]
            }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["curl"] + all + [address + path]
            let output = Pipe()
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            let said = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return Reply(
                status: Int(String(decoding: said, as: UTF8.self)) ?? 0,
                headers: (try? String(contentsOfFile: "\(folder)/headers", encoding: .utf8)) ?? "",
                body: FileManager.default.contents(atPath: "\(folder)/body") ?? Data())
        }
    }

    /// Posts JSON.
    func post(_ path: String, _ json: Any = [String: Any](), _ arguments: [String] = []) throws -> Reply {
        try curl(path, ["-H", "Content-Type: application/json"] + arguments, body: JSONSerialization.data(withJSONObject: json))
    }

    /// Posts a file.
    func upload(_ path: String, file: String) throws -> Reply {
        try curl(
            path, ["-H", "Content-Type: application/octet-stream"], body: Data(contentsOf: URL(fileURLWithPath: file)))
    }

    /// The events of an answer, by name and data.
    func events(_ answer: String) throws -> [(name: String, data: String)] {
        let text = String(decoding: try curl("/api/answers/\(answer)/events", ["-N"]).body, as: UTF8.self)
        return text.matches(of: /event: (\w+)\ndata: (.*)\n/).map { (String($0.output.1), String($0.output.2)) }
    }

    /// Opens an example; ids of photo and mesh, and the click.
    func example(_ name: String = "mug") throws -> (photo: String, mesh: String, click: [String: Any]) {
        let opened = try post("/api/examples/\(name)").json()
        let (photo, mesh) = (opened["photo"] as? [String: Any], opened["mesh"] as? [String: Any])
        let click = try #require(opened["click"] as? [Int])
        return (
            try #require(photo?["id"] as? String), try #require(mesh?["id"] as? String), ["x": click[0], "y": click[1]]
        )
    }

    /// Whether it answers.
    func isWell() throws -> Bool { try curl("/api/health").status == 200 }
}

/// A connection on which anything can be sent, or nothing.
final class RawConnection {
    private let socket: Int32

    init(port: Int) throws {
        #if canImport(Darwin)
            socket = Foundation.socket(AF_INET, SOCK_STREAM, 0)
        #else
            socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard connected == 0 else { throw CocoaError(.fileReadUnknown) }
    }

    func send(_ text: String) { _ = text.withCString { Foundation.send(socket, $0, strlen($0), Int32(MSG_NOSIGNAL)) } }

    func hangUp() { close(socket) }
}
