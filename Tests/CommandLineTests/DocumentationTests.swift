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
        "README.md", "docs/evaluation.md", "docs/gallery.md", "docs/iseg.md", "docs/models.md", "docs/result-schema.md",
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
            let name = BSB.commandNames.filter { words.starts(with: $0.split(separator: " ").map(String.init)) }.max { $0.count < $1.count }
            guard let name else {
                #expect(words[0].hasPrefix("-"), "\(file): there is no 'bsb \(words[0])'")
                continue
            }
            let help = try Program.run(name.split(separator: " ").map(String.init) + ["--help"]).output
            for option in words where option.hasPrefix("--") {
                #expect(help.contains("\(option) ") || help.contains("\(option)\n"), "\(file): bsb \(name) has no \(option)")
            }
        }
    }
}
