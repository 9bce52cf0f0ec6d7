import Foundation

/// Tables for terminals.
package enum TextTable {
    /// Rows of equal length as lines of text, columns aligned on the left and two spaces apart, nothing after the last.
    package static func aligned(_ rows: [[String]]) -> String {
        let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            (zip(row.dropLast(), widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) } + row.suffix(1))
                .joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
