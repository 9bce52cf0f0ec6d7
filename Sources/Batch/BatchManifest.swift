import BSBBasics
import Foundation

/// A list of questions, one JSON object a line.
package struct BatchManifest: Sendable {
    /// The questions of one mesh, in the order of the manifest.
    package struct Unit: Sendable {
        /// The mesh's file, as it was named.
        package var mesh: String
        /// Its questions.
        package var rows: [BatchRow]
    }

    /// The folder to which paths are relative.
    package var folder: String
    /// The questions by mesh, in the order in which meshes first appear.
    package var units: [Unit]
    /// Lines that cannot be questions.
    package var unusable: [UnusableLine]

    /// Reads the manifest in a file.
    ///
    /// - Throws: `Failure` if it cannot be read or has no line; lines that are no questions are in ``unusable``.
    /// - Complexity: O(bytes).
    package init(contentsOf path: String) throws {
        let data = try AtomicFile.readFile(path, operation: "reading the manifest")
        let place = URL(fileURLWithPath: path).deletingLastPathComponent().path
        self.init(
            folder: place,
            lines: data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) })
        guard !units.isEmpty || !unusable.isEmpty else {
            throw Failure(
                .badInput, "reading the manifest", path: path, reason: "it has no line",
                hint: "write one JSON object a line, with id, photo, mesh and click")
        }
    }

    /// Sorts lines; empty ones are passed over.
    package init(folder: String, lines: [String]) {
        (self.folder, units, unusable) = (folder, [], [])
        var places: [String: Int] = [:]
        var lineOfID: [String: Int] = [:]
        for (index, text) in lines.enumerated() where !text.allSatisfy(\.isWhitespace) {
            do throws(UnusableLine) {
                let row = try BatchRow(text, line: index + 1)
                if let first = lineOfID.updateValue(index + 1, forKey: row.id) {
                    lineOfID[row.id] = first
                    throw UnusableLine(line: index + 1, id: nil, reason: "its id '\(row.id)' is that of line \(first)")
                }
                if let place = places[row.mesh] {
                    units[place].rows.append(row)
                } else {
                    places[row.mesh] = units.count
                    units.append(Unit(mesh: row.mesh, rows: [row]))
                }
            } catch {
                var line = error
                // An id that another line has is that line's.
                if let id = line.id, lineOfID[id] != nil { line.id = nil }
                if let id = line.id { lineOfID[id] = line.line }
                unusable.append(line)
            }
        }
    }
}
