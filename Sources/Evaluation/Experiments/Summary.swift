import BSBBackbones
import BSBBasics
import BSBWorkbench

/// What a measurement came to: by the keys of its file, and for people.
package struct Summary: Encodable, Sendable {
    private let facts: Facts
    private let text: String
    /// What its file begins with.
    package var head: SummaryHead?

    /// Facts, and what is told of them in paragraphs and tables; those that are nil are left out.
    ///
    /// - Parameter schema: the version of the keys.
    init(schema: Int, _ facts: Facts, _ paragraphs: String?...) {
        self.facts = facts.adding(["schema": schema])
        text = paragraphs.compactMap { $0 }.joined(separator: "\n\n")
    }

    /// A fact; nil where there is none.
    package subscript<Value: Encodable & Sendable>(key: String) -> Value? { facts[key] }
    /// A mean; nil where there is none.
    package subscript(key: String) -> Estimate? { facts[key] }

    /// One object with the keys of the head and of the summary.
    package func encode(to encoder: any Encoder) throws {
        try head?.encode(to: encoder)
        try facts.encode(to: encoder)
    }

    /// The numbers for people, in Markdown or in lines, with the shapes that were skipped.
    package var table: String {
        guard let head, !head.skipped.isEmpty else { return text }
        let rows = head.skipped.map { [$0.shape, $0.reason.replacing("|", with: "/")] }
        return text + "\n\n" + Markdown.table(["skipped shape", "what is wrong with it"], rows)
    }

    /// Writes `NAME.json` and `NAME.md` to a folder.
    ///
    /// Throws `Failure`.
    package func write(to folder: String, name: String) throws {
        try AtomicFile.write(try JSONText.data(self), to: "\(folder)/\(name).json", operation: "writing the summary")
        try AtomicFile.write(table + "\n", to: "\(folder)/\(name).md", operation: "writing the table")
    }
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
