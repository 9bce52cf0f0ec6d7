import BSBBackbones
import BSBBasics
import BSBWorkbench

/// What a measurement came to.
package protocol Summary: Encodable, Sendable {
    /// The version of its keys.
    var schema: Int { get }
    /// The numbers for people, in Markdown or in lines.
    var table: String { get }
}

/// What the files of all measurements begin with.
package struct SummaryHead: Sendable, Codable {
    /// The version of the program.
    package var version: String
    /// The command that made it.
    package var command: String
    /// The models.
    package var models: [ModelIdentity]
    /// The settings of the method.
    package var settings: Settings
    /// Seconds that the run took, without those of earlier runs that it went on from.
    package var seconds: Double
    /// Shapes that could not be used.
    package var skipped: [SkippedShape]

    /// The head of what `models` came to under `settings`.
    package init(
        version: String, command: String, models: [ModelIdentity], settings: Settings, seconds: Double, skipped: [SkippedShape] = []
    ) {
        (self.version, self.command, self.models, self.settings) = (version, command, models, settings)
        (self.seconds, self.skipped) = (seconds, skipped)
    }
}

/// A summary as it is written and printed: one object with the keys of the head and of the summary.
package struct PublishedSummary: Encodable, Sendable {
    private let head: SummaryHead
    private let summary: any Summary

    /// A summary with its head.
    package init(_ head: SummaryHead, _ summary: any Summary) {
        (self.head, self.summary) = (head, summary)
    }

    package func encode(to encoder: any Encoder) throws {
        try head.encode(to: encoder)
        try summary.encode(to: encoder)
    }

    /// The table, with the shapes that were skipped.
    package var table: String {
        guard !head.skipped.isEmpty else { return summary.table }
        let rows = head.skipped.map { [$0.shape, $0.reason.replacing("|", with: "/")] }
        return summary.table + "\n\n" + Markdown.table(["skipped shape", "what is wrong with it"], rows)
    }

    /// Writes `NAME.json` and `NAME.md` to a folder.
    ///
    /// Throws `Failure`.
    package func write(to folder: String, name: String) throws {
        try AtomicFile.write(try JSONText.data(self), to: "\(folder)/\(name).json", operation: "writing the summary")
        try AtomicFile.write(table + "\n", to: "\(folder)/\(name).md", operation: "writing the table")
    }
}

/// A row of a summary: what it is of, and means over records, as the keys of one object.
package struct ScoreRow: Sendable, Encodable {
    /// What it is of, by key.
    package var names: [String: String]
    /// Numbers of things, by key.
    package var counts: [String: Int] = [:]
    /// Means with intervals, by key.
    package var means: [String: Estimate] = [:]

    /// The means of what records have of each value; whole clusters are resampled.
    init<Record>(
        _ names: [String: String], counts: [String: Int] = [:], of records: [Record], by cluster: (Record) -> some Hashable,
        _ values: KeyValuePairs<String, (Record) -> Double?>
    ) {
        (self.names, self.counts) = (names, counts)
        for (key, value) in values { means[key] = records.estimate(by: cluster, value) }
    }

    /// A mean; nil where no record has the value.
    package subscript(key: String) -> Estimate? { means[key] }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (key, value) in names { try container.encode(value, forKey: Key(stringValue: key)) }
        for (key, value) in counts { try container.encode(value, forKey: Key(stringValue: key)) }
        for (key, value) in means { try container.encode(value, forKey: Key(stringValue: key)) }
    }
}

/// Tables in Markdown.
enum Markdown {
    /// A table; rows are as long as the head.
    static func table(_ head: [String], _ rows: [[String]]) -> String {
        ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
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
    /// The mean alone.
    var share: String { mean.fixed }
}

extension Estimate? {
    /// The mean with its interval, or a dash for none.
    var cell: String { self?.cell ?? "-" }
    /// The mean alone, or a dash.
    var share: String { self?.share ?? "-" }
}

extension Sequence {
    /// The mean of a value of each element that has one, with its interval: whole clusters are resampled.
    func estimate<Cluster: Hashable>(by cluster: (Element) -> Cluster, _ value: (Element) -> Double?) -> Estimate? {
        let known = compactMap { element in value(element).map { (value: $0, cluster: cluster(element)) } }
        return Bootstrap().mean(of: known.map(\.value), clusters: known.map(\.cluster))
    }
}
