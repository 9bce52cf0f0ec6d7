import Foundation
import Testing

/// `scripts/corpus` on the small files of the readers' tests: exit codes and counts as expected, no crash.
@Suite struct CorpusTests {
    @Test(arguments: ["Cases", "Packed"]) func filesGiveWhatIsExpected(_ folder: String) throws {
        let root = DocumentationTests.root.path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: root + "/scripts/corpus")
        process.arguments = ["\(root)/Tests/ShapesTests/\(folder)", "\(root)/Tests/CommandLineTests/Corpora/\(folder).tsv"]
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("bsb").path
        process.environment = ProcessInfo.processInfo.environment.merging(["BSB": program]) { $1 }
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
