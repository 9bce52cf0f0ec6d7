import Foundation
import Testing

/// The help texts, word by word.
///
/// To take over a wanted change: BSB_RECORD_HELP=1 swift test --filter HelpTests, and look at the difference.
@Suite struct HelpTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Snapshots")

    @Test(arguments: [
        "", "match", "locate", "map", "relate", "texture", "distill", "inspect", "render", "segment-image", "example", "evaluate",
    ])
    func helpIsAsRecorded(command: String) throws {
        let run = try Program.run((command.isEmpty ? [] : [command]) + ["--help"], environment: ["COLUMNS": "100"])
        #expect(run.exitCode == 0)
        let file = Self.folder.appendingPathComponent("help\(command.isEmpty ? "" : "-\(command)").txt")
        if ProcessInfo.processInfo.environment["BSB_RECORD_HELP"] != nil {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try run.output.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(run.output == (try String(contentsOf: file, encoding: .utf8)))
    }
}
