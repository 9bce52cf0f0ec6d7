import BSBBasics
import BSBWorkbench
import Foundation

/// Clicks to be answered one after the other, as a JSON file lists them.
///
/// The file is an array. Numbers may have decimals, as points of the picture's plane; the pixel that holds the point is clicked. A click is `[x, y]`, or an object with `x` and `y` or the path of a `mask` (relative to the file), and optionally
/// `name`, `object` [x, y], `box` [x0, y0, x1, y1], `positive` and `negative` (arrays of [x, y]).
package struct ClickList: Sendable {
    /// A click and what it is called.
    package struct Entry: Sendable {
        /// The name given, or the number of the click from 0.
        package var name: String
        /// The click.
        package var click: Click
    }

    /// The clicks in the order of the file.
    package var entries: [Entry]

    /// Reads the clicks in the file `path`.
    ///
    /// Throws `Failure` if it cannot be read or does not list clicks.
    package init(contentsOf path: String) throws {
        let data = try AtomicFile.readFile(path, operation: Self.operation)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            let items = try JSONDecoder().decode([ClickItem].self, from: data)
            entries = try items.enumerated().map { index, item in
                Entry(name: item.name ?? "\(index)", click: try item.click(folder: folder, called: "click \(index)", in: path))
            }
        } catch is DecodingError {
            throw Failure(
                .badInput, Self.operation, path: path, reason: "it is no list of clicks",
                hint: "write an array of [x, y] or {\"x\": …, \"y\": …}; see 'bsb match --help'")
        }
        guard !entries.isEmpty else { throw Failure(.badInput, Self.operation, path: path, reason: "it lists no click") }
        if let bad = entries.firstIndex(where: { $0.name.unicodeScalars.contains { $0.value < 32 || $0.value == 127 } }) {
            throw Failure(
                .badInput, Self.operation, path: path, reason: "the name of click \(bad) (from 0) has a control character",
                hint: "names are those of folders")
        }
        let names = Set(entries.map(\.name))
        guard names.count == entries.count, names.allSatisfy({ !$0.isEmpty && !$0.contains("/") && $0 != "." && $0 != ".." }) else {
            throw Failure(.badInput, Self.operation, path: path, reason: "the names of clicks must differ and be names of folders")
        }
    }

    private static let operation = "reading the clicks"
}
