import Foundation
import TestSupport
import Testing

/// The built command-line program, run as a user runs it.
struct Program {
    /// What a run left behind.
    struct Run {
        var exitCode: Int32
        var output: String
        var errors: String
        /// The most bytes that were in use, as far as the system tells.
        var peakMemory: Int?

        /// Standard output as a JSON object.
        func json() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        }
    }

    /// Where the tests' own build of `bsb` is.
    static let path = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("bsb").path

    /// Runs `bsb`, or a copy of it, with the given arguments, in a directory of the caller's, with `input` on standard input.
    ///
    /// With `watchesMemory`, what it takes is looked at again and again until it ends.
    static func run(
        _ arguments: [String], in directory: String? = nil, environment: [String: String] = [:], watchesMemory: Bool = false,
        program: String = Program.path, input: String? = nil
    ) throws -> Run {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        // Files instead of pipes: a pipe that nobody empties would stop a program that writes much.
        let folder = try Folder()
        process.standardInput = try input.map { FileHandle(forReadingAtPath: try folder.write("input", $0)) } ?? FileHandle.nullDevice
        let (output, errors) = (folder.path + "/output", folder.path + "/errors")
        for path in [output, errors] { try Data().write(to: URL(fileURLWithPath: path)) }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        var peak: Int?
        while watchesMemory, process.isRunning {
            peak = peakMemory(of: process.processIdentifier) ?? peak
            Thread.sleep(forTimeInterval: 0.005)
        }
        process.waitUntilExit()
        return Run(
            exitCode: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8), peakMemory: peak)
    }

    /// The high-water mark of a running process in bytes; nil where there is no `/proc`.
    private static func peakMemory(of process: Int32) -> Int? {
        let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { 1024 * $0 }
    }
}

/// A folder that goes when the test is done.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = temporaryPath()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The names of the files in it.
    func files(_ subfolder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(subfolder)").sorted()
    }

    /// Writes a file and returns its path.
    func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
        return "\(path)/\(name)"
    }
}
