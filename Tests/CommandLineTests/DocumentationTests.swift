import ArgumentParser
import Foundation
import Testing

@testable import bsb

/// What the documentation tells people to type is understood.
@Suite struct DocumentationTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The words of the `bsb` commands in code blocks, and of those within lines, without comments.
    static func commands(in text: String) -> (blocks: [[String]], inline: [[String]]) {
        var isBlock = false
        var (blocks, inline): ([[String]], [[String]]) = ([], [])
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") { isBlock.toggle() }
            if isBlock {
                blocks += [words(line)].compactMap { $0 }
            } else {
                let spans = line.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
                inline += spans.compactMap { words($0.element) }
            }
        }
        return (blocks, inline)
    }

    private static func words(_ code: Substring) -> [String]? {
        let words = code.split(separator: " ").prefix { !$0.hasPrefix("#") }.map(String.init)
        return words.count > 1 && ["bsb", ".build/release/bsb"].contains(words[0]) ? Array(words.dropFirst()) : nil
    }

    private static let files = [
        "README.md", "docs/benchmarks.md", "docs/both-ways.md", "docs/evaluation.md", "docs/gallery.md", "docs/iseg.md", "docs/models.md",
        "docs/library.md", "docs/result-schema.md", "docs/scale.md", "docs/swift.md", "docs/results.md", "docs/your-own-method.md",
    ]

    @Test(arguments: files) func commandsInBlocksAreUnderstood(file: String) throws {
        let text = try String(contentsOf: Self.root.appendingPathComponent(file), encoding: .utf8)
        for words in Self.commands(in: text).blocks {
            #expect(throws: Never.self, "\(file): bsb \(words.joined(separator: " "))") { _ = try BSB.parseAsRoot(words) }
        }
        if file == "README.md" { #expect(!Self.commands(in: text).blocks.isEmpty) }
    }

    /// Commands within lines are often cut down to what the line is about: their names and options exist.
    @Test(arguments: files) func commandsInLinesExist(file: String) throws {
        let text = try String(contentsOf: Self.root.appendingPathComponent(file), encoding: .utf8)
        for words in Self.commands(in: text).inline {
            let named = BSB.commands.filter { words.starts(with: $0.name.split(separator: " ").map(String.init)) }
            guard let command = named.max(by: { $0.name.count < $1.name.count }) else {
                #expect(words[0].hasPrefix("-"), "\(file): there is no 'bsb \(words[0])'")
                continue
            }
            let help = BSB.helpMessage(for: command.type.configuration.defaultSubcommand ?? command.type, columns: 200)
            for option in words where option.hasPrefix("--") {
                #expect(help.contains("\(option) ") || help.contains("\(option)\n"), "\(file): bsb \(command.name) has no \(option)")
            }
        }
    }

    /// docs/swift.md shows the very lines of the package that `scripts/check-client` builds and runs.
    @Test func swiftInDocumentationIsThatOfTheClient() throws {
        func text(_ file: String) throws -> String {
            try String(contentsOf: Self.root.appendingPathComponent(file), encoding: .utf8)
        }
        let blocks = try text("docs/swift.md").matches(of: /```swift\n([\s\S]*?)```/).map { String($0.output.1) }
        let manifest = try text("Tests/ClientPackage/Package.swift").replacing("\"../..\"", with: "\"../SegmentationBuddies\"")
        #expect(blocks == [manifest, try text("Tests/ClientPackage/Sources/client/main.swift")])
    }
}
