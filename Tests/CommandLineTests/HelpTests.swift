import ArgumentParser
import Foundation
import Testing

@testable import bsb

extension ParsableCommand {
    /// The names of this command's subcommands and of theirs, each with those above it.
    static var commandNames: [String] {
        configuration.subcommands.flatMap { command -> [String] in
            let name = command._commandName
            return [name] + command.commandNames.map { "\(name) \($0)" }
        }
    }
}

/// The help texts, word by word.
///
/// To take over a wanted change: BSB_RECORD_HELP=1 swift test --filter HelpTests, and look at the difference.
@Suite struct HelpTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Snapshots")

    @Test(arguments: [""] + BSB.commandNames) func helpIsAsRecorded(command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let run = try Program.run(words + ["--help"], environment: ["COLUMNS": "100"])
        #expect(run.exitCode == 0)
        let file = Self.folder.appendingPathComponent((["help"] + words).joined(separator: "-") + ".txt")
        if ProcessInfo.processInfo.environment["BSB_RECORD_HELP"] != nil {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try run.output.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(run.output == (try String(contentsOf: file, encoding: .utf8)))
    }
}
