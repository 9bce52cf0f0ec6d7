import Foundation

/// A PostgreSQL server of a test's own, which listens at a socket in a folder and ends with it.
///
/// The programs are those of the folder `$BSB_POSTGRES`, or the newest that Debian's packages installed.
public final class PostgresServer {
    /// The folder of `initdb` and `postgres`; nil where no server is installed.
    public static let programs: String? = {
        let known = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: known)) ?? []
        let installed = versions.sorted { (Int($0) ?? 0, $0) > (Int($1) ?? 0, $1) }.map { "\(known)/\($0)/bin" }
        return ([ProcessInfo.processInfo.environment["BSB_POSTGRES"]].compactMap(\.self) + installed).first { folder in
            ["initdb", "postgres"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
        }
    }()

    private struct Problem: Error { var reason: String }

    /// Where it is.
    public let url: String
    private let folder: String
    private let server: Process

    /// Starts a server with an empty database; it may take some seconds until it answers.
    public init() throws {
        // The path of a socket has at most some hundred characters.
        folder = "/tmp/bsb-pg-\(UUID().uuidString.prefix(8))"
        url = "postgres://bsb@/postgres?host=\(folder)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if getuid() == 0 {
            // It refuses to run as root.
            let nobody = getpwnam("nobody")!.pointee
            chown(folder, nobody.pw_uid, nobody.pw_gid)
        }
        let initial = try Self.start(
            ["initdb", "-D", "\(folder)/data", "-U", "bsb", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            log: "\(folder)/initdb.log")
        initial.waitUntilExit()
        guard initial.terminationStatus == 0 else {
            let log = try? String(contentsOfFile: "\(folder)/initdb.log", encoding: .utf8)
            throw Problem(reason: "initdb: \(log ?? "")")
        }
        server = try Self.start(
            ["postgres", "-D", "\(folder)/data", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"], log: "\(folder)/server.log")
    }

    deinit {
        server.interrupt()
        server.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func start(_ command: [String], log: String) throws -> Process {
        guard let programs else { throw Problem(reason: "no server is installed") }
        let process = Process()
        let asOther = getuid() == 0 ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] : []
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = asOther + ["\(programs)/\(command[0])"] + command.dropFirst()
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: log)
        process.standardError = process.standardOutput
        try process.run()
        return process
    }

    /// What `body` gives as soon as the server lets it; throws what it threw last when a minute has passed.
    public func retried<T>(_ body: (String) throws -> T) throws -> T {
        for _ in 0..<300 {
            if let result = try? body(url) { return result }
            guard server.isRunning else { break }
            Thread.sleep(forTimeInterval: 0.2)
        }
        return try body(url)
    }
}
