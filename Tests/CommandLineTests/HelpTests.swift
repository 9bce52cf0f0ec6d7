import ArgumentParser
import Foundation
import Testing

@testable import bsb

extension ParsableCommand {
    /// This command's subcommands and theirs, each by its name after those above it.
    static var commands: [(name: String, type: any ParsableCommand.Type)] {
        configuration.subcommands.flatMap { command -> [(String, any ParsableCommand.Type)] in
            let name = command._commandName
            return [(name, command)] + command.commands.map { ("\(name) \($0.name)", $0.type) }
        }
    }
}

/// The help texts, word by word.
///
/// To take over a wanted change: BSB_RECORD_HELP=1 swift test --filter HelpTests, and look at the difference.
@Suite struct HelpTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Snapshots")

    @Test(arguments: [""] + BSB.commands.map(\.name)) func helpIsAsRecorded(command: String) throws {
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
