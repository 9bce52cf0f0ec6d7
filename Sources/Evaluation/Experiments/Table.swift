/// A column of a table: its heading, and what it says of a row.
struct Column {
    var heading: String
    var cell: (Facts) -> String

    init(_ heading: String, _ cell: @escaping (Facts) -> String) { (self.heading, self.cell) = (heading, cell) }

    /// A name.
    static func name(_ key: String, _ heading: String) -> Column { Column(heading) { $0[key] ?? "" } }
    /// A number of things.
    static func count(_ key: String, _ heading: String) -> Column { Column(heading) { ($0[key] as Int?).map { "\($0)" } ?? "-" } }
    /// A mean with its interval.
    static func mean(_ key: String, _ heading: String) -> Column { Column(heading) { $0[key].cell } }
    /// A mean alone.
    static func share(_ key: String, _ heading: String) -> Column { Column(heading) { $0[key].share } }
}

/// Tables in Markdown.
enum Markdown {
    /// A table; rows are as long as the head.
    static func table(_ head: [String], _ rows: [[String]]) -> String {
        ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    /// What columns say of rows.
    static func table(_ columns: [Column], _ rows: [Facts]) -> String {
        table(columns.map(\.heading), rows.map { row in columns.map { $0.cell(row) } })
    }
}

extension Double {
    /// A share with three digits, the same on every machine.
    var fixed: String {
        let thousandths = Int((abs(self) * 1000).rounded())
        let digits = "\(thousandths % 1000)"
        let sign = self < 0 && thousandths > 0 ? "-" : ""
        return sign + "\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
    }
}

extension Estimate {
    /// `0.814 [0.700, 0.910]`.
    var cell: String { "\(mean.fixed) [\(low.fixed), \(high.fixed)]" }
}

extension Estimate? {
    /// The mean with its interval, or a dash for none.
    var cell: String { self?.cell ?? "-" }
    /// The mean alone, or a dash.
    var share: String { self?.mean.fixed ?? "-" }
}
