import Foundation
import Testing

@testable import bsb

/// Measured figures in README and docs stand beside the commands that make them.
///
/// docs/results.md is made by `scripts/results`, which holds each of its numbers against a summary; the notebook is history.
@Suite struct FigureTests {
    /// What is under one heading.
    private struct Section {
        var title: String
        var level: Int
        var prose = ""
        /// Code within lines and lines of blocks.
        var code: [String] = []
    }

    private static var pages: [String] {
        let docs = (try? FileManager.default.contentsOfDirectory(atPath: DocumentationTests.root.path + "/docs")) ?? []
        return ["README.md"] + docs.filter { $0.hasSuffix(".md") && $0 != "results.md" }.sorted().map { "docs/\($0)" }
    }

    private static func sections(of text: String) -> [Section] {
        var (sections, isBlock) = ([Section(title: "", level: 0)], false)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isBlock.toggle()
            } else if isBlock {
                sections[sections.count - 1].code.append(String(line))
            } else if let heading = line.wholeMatch(of: /(#+) (.*)/) {
                sections.append(Section(title: String(heading.2), level: heading.1.count))
            } else {
                for (place, text) in line.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
                    if place % 2 == 1 {
                        sections[sections.count - 1].code.append(String(text))
                    } else {
                        sections[sections.count - 1].prose += text + " "
                    }
                }
                sections[sections.count - 1].prose += "\n"
            }
        }
        return sections
    }

    /// Shares, percentages, times and sizes.
    private static func figures(in prose: String) -> [String] {
        prose.matches(of: /(^|[^\w.])(0\.\d\d+|\d+(\.\d+)? ?%|\d+(\.\d+)? (ms|s|seconds|MB|MiB|GB))(?!\w)/).map { String($0.output.2) }
    }

    /// Whether code is a command that measures or makes something.
    private static func isCommand(_ code: String) -> Bool {
        code.contains(/(^|[\s\/])(bsb [a-z-]|scripts\/[a-z]|swift (run|test)|python3? (-m )?[A-Za-z]|make [a-z])/)
    }

    @Test(arguments: pages) func figuresHaveACommand(page: String) throws {
        let sections = Self.sections(of: try String(contentsOf: DocumentationTests.root.appendingPathComponent(page), encoding: .utf8))
        for (index, section) in sections.enumerated() {
            let figures = Self.figures(in: section.prose)
            guard !figures.isEmpty else { continue }
            // The section's own commands, those of what is under it, or those under a heading that it belongs to.
            let below = sections[(index + 1)...].prefix { $0.level > section.level }
            var (level, found) = (Int.max, below.contains { $0.code.contains(where: Self.isCommand) })
            for above in sections[...index].reversed() where above.level < level {
                level = above.level
                found = found || above.code.contains(where: Self.isCommand)
            }
            #expect(found, "\(page), '\(section.title)': no command for \(figures.prefix(5).joined(separator: ", "))")
        }
    }

    /// Scripts and programs that pages name are there.
    @Test(arguments: pages) func whatPagesNameIsThere(page: String) throws {
        let text = try String(contentsOf: DocumentationTests.root.appendingPathComponent(page), encoding: .utf8)
        for code in Self.sections(of: text).flatMap(\.code) {
            for name in code.matches(of: /(^|[^\w\/.-])((scripts|Training)\/[\w\/.-]*\w)/).map({ String($0.output.2) }) {
                let path = DocumentationTests.root.appendingPathComponent(name).path
                #expect(FileManager.default.fileExists(atPath: path), "\(page) names \(name)")
            }
        }
    }

    @Test func sectionsAndFiguresAreTold() {
        let text = """
            # Head
            `bsb match --image a` takes 3 s.
            ## Bare
            It is right for 36 % of them, 0.75 [0.70, 0.80]; version 0.9, arXiv 2605.18193.
            # Other
            57% of all.
            ```
            scripts/measure it
            ```
            """
        let sections = Self.sections(of: text)
        #expect(sections.map(\.title) == ["", "Head", "Bare", "Other"] && sections.map(\.level) == [0, 1, 2, 1])
        #expect(sections.map { Self.figures(in: $0.prose) } == [[], ["3 s"], ["36 %", "0.75", "0.70", "0.80"], ["57%"]])
        #expect(sections.map { $0.code.contains(where: Self.isCommand) } == [false, true, false, true])
    }
}
