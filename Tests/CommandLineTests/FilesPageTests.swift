import Foundation
import Testing

/// Every row of `docs/files.md` that names a test names one that exists.
@Suite struct FilesPageTests {
    @Test func rowsNameTestsThatExist() throws {
        let page = try String(contentsOf: DocumentationTests.root.appendingPathComponent("docs/files.md"), encoding: .utf8)
        let folder = DocumentationTests.root.appendingPathComponent("Tests")
        let sources = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
            .map { try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8) }.joined()
        var rows = 0
        for row in page.split(separator: "\n") where row.hasPrefix("|") && !row.hasPrefix("| ---") {
            let cells = row.split(separator: "|", omittingEmptySubsequences: false)
            let last = cells[cells.count - 2]
            for name in last.matches(of: /`(\w+)`/).map({ String($0.output.1) }) {
                #expect(sources.contains("func \(name)(") || sources.contains("struct \(name) "), "\(name) of: \(row)")
                rows += 1
            }
        }
        #expect(rows > 30)
    }
}
