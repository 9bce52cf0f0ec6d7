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

    /// Shares of the first page's section on quality stand in a row of Training/RESULTS.md, below the commands that made it: those of a
    /// column of the table in one row, those of the text in the row that a comment names, `41 %<!-- start of the row: 0.405 -->`.
    ///
    /// A table of a full run is checked by `scripts/results`.
    @Test func sharesOfTheFirstPageAreResults() throws {
        let readme = try String(contentsOf: DocumentationTests.root.appendingPathComponent("README.md"), encoding: .utf8)
        let quality = try #require(readme.components(separatedBy: "\n## ").first { $0.hasPrefix("How good it is") })
        let page = try String(contentsOf: DocumentationTests.root.appendingPathComponent("Training/RESULTS.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { String($0.replacing("**", with: "")) }
        #expect(Self.unfounded(quality, rows: rows).isEmpty)

        let json = try Data(contentsOf: DocumentationTests.root.appendingPathComponent("docs/results.json"))
        let results = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        guard results["quick"] as? Bool == true else { return }
        let lines = quality.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2)
        let cells = lines.map { $0.split(separator: "|").dropFirst().map { Self.shares(in: String($0)) } }
        try #require(cells.count == 4 && cells.allSatisfy { $0.count == 4 })
        for column in 0..<4 {
            // How likely chance is stands in another table.
            let wanted = cells.dropLast().flatMap { $0[column] }
            #expect(rows.contains { row in wanted.allSatisfy(Self.shares(in: row, factor: 1).contains) }, "no row has \(wanted)")
            #expect(rows.contains { Self.shares(in: $0, factor: 1).contains(cells[3][column][0]) })
        }
    }

    /// The shares of a text in thousandths: `91.7` of a table in per cent, or `0.917`.
    private static func shares(in text: String, factor: Int = 100) -> [Int] {
        text.matches(of: /\d+\.\d+/).compactMap { Double($0.output).map { Int(($0 * 1000 / Double(factor)).rounded()) } }
    }

    /// Percentages of a text whose comment names no row with a number that rounds to them.
    private static func unfounded(_ text: String, rows: [String]) -> [String] {
        text.matches(of: /(\d+) %(<!-- ([^:]+): (0\.\d+) -->)?(?! intervals)/).filter { figure in
            guard let start = figure.output.3, let value = figure.output.4.flatMap({ Double($0) }), let percent = Double(figure.output.1)
            else {
                return true
            }
            let isThere = rows.contains { $0.hasPrefix("| \(start)") && $0.contains(figure.output.4!) }
            // Halves may be rounded up: 0.405 is said to be 41 %.
            return !isThere || abs(100 * value - percent) > 0.5 + 1e-9
        }.map { String($0.output.0) }
    }

    /// The clicks that were looked at are counted in Training/RESULTS.md, and on the first page, as the table of them has them.
    @Test func clicksThatWereLookedAtAreCountedAsTheyWereSeen() throws {
        func text(_ name: String) throws -> String {
            try String(contentsOf: DocumentationTests.root.appendingPathComponent(name), encoding: .utf8)
        }
        let lines = try text("Training/clicks-seen.csv").split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let columns = try ["seed", "grade", "seen"].map { try #require(lines[0].firstIndex(of: Substring($0))) }
        let clicks = lines.dropFirst().map { line in columns.map { String(line[$0]) } }
        func count(_ grade: String, _ seen: String, seed: String? = nil) -> Int {
            clicks.count { [$0[1], $0[2]] == [grade, seen] && (seed == nil || $0[0] == seed) }
        }
        let results = try text("Training/RESULTS.md")
        let seeds = Set(clicks.map { $0[0] })
        #expect(seeds.count == 4)
        for seed in seeds {
            let counts = [("sure", "right"), ("sure", "wrong"), ("unsure", "right"), ("unsure", "wrong"), ("none", "")].map {
                "\(count($0.0, $0.1, seed: seed))"
            }
            let row = ([seed, "\(clicks.count { $0[0] == seed })"] + counts).joined(separator: " | ")
            #expect(results.contains("| \(row) |"), "no row \(row)")
        }
        let (sure, right) = (count("sure", "right"), count("sure", "right") + count("unsure", "right"))
        let told =
            "\(right) are right; of the \(sure + count("sure", "wrong")) that are called sure \(sure) are, of the others \(right - sure)."
        let readme = try text("README.md")
        #expect(readme.contains("Of \(clicks.count) clicks") && readme.contains(told), "README does not say: \(told)")
    }

    @Test func figuresWithoutARowAreTold() {
        let rows = ["| a b | 9 | 0.405 [0.3, 0.5] |"]
        #expect(Self.unfounded("41 %<!-- a b: 0.405 -->, with 95 % intervals", rows: rows).isEmpty)
        #expect(Self.unfounded("42 %<!-- a b: 0.405 -->", rows: rows) == ["42 %<!-- a b: 0.405 -->"])
        #expect(Self.unfounded("41 %<!-- c: 0.405 -->, 41 %<!-- a b: 0.406 -->, 41 %", rows: rows).count == 3)
        #expect(Self.shares(in: "91.7 [87.7, 95.1]") == [917, 877, 951] && Self.shares(in: "0.917 [0.5]", factor: 1) == [917, 500])
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
