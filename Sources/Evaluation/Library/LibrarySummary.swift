import BSBBackbones
import BSBCorrespondence

/// What a measurement of searches chooses, and how its table calls things.
package protocol LibraryQuestions: Encodable, Sendable {
    /// The meshes of which it is known what they are.
    static var judged: String { get }
    /// What right ones do.
    static var isRight: String { get }
    /// The rows of the table.
    static var ways: [(LibraryEvaluator.Way, String)] { get }
}

extension LibraryEvaluator.Options: LibraryQuestions {
    package static var judged: String { "labelled meshes" }
    package static var isRight: String { "have the part" }
    package static var ways: [(LibraryEvaluator.Way, String)] {
        LibraryEvaluator.Way.usual + [(.unlabelled, "search, meshes without labels counted as wrong")]
    }
}

extension LibraryEvaluator.Way {
    /// The rows of every table.
    static var usual: [(Self, String)] {
        [
            (.search, "search"), (.exhaustive, "every mesh in the second stage"), (.vertex, "the most similar vertex alone"),
            (.whole, "similarity of whole objects"),
        ]
    }
}

/// `library.json` and `library-photos.json`.
package struct LibrarySummary<Questions: LibraryQuestions>: Summary {
    /// The version of this schema.
    package var schema = 2
    /// What was measured, and how.
    package var options: Questions
    /// Searches whose part some other mesh of the library has.
    package var searches: Int
    /// Meshes of the library that can be searched.
    package var meshes: Int
    /// Those that are judged: not the photographed one.
    package var judged: Int
    /// Meshes that have the part, in the mean over searches.
    package var relevant: Double
    /// By way of ranking: how many of the first ten have the part, of as many as could; intervals resample searches.
    package var recall: [String: Estimate]
    /// The same in any order, in expectation.
    package var random: Estimate?
    /// Judged meshes that the searches said have the part, and how many of them do.
    package var found: Int
    /// Those of them that have it.
    package var right: Int
    /// Of the judged meshes that have the part, the share that the searches said have it.
    package var coverage: Double
    /// The median of the seconds of both stages.
    package var searchSeconds: Double
    /// The calibration that fits best.
    package var fitted: ExistenceCalibration?

    /// The share of ``found`` that has the part; nil if nothing was found.
    package var precision: Double? { found > 0 ? Double(right) / Double(found) : nil }

    /// The summary of searches in a library of so many meshes.
    package init(of records: [LibraryRecord], options: Questions, meshes: Int, models: [ModelIdentity]) {
        let all = records
        let records = all.filter { $0.relevant > 0 }
        (self.options, self.meshes, searches) = (options, meshes, records.count)
        judged = records.map(\.judged).max() ?? 0
        relevant = Double(records.reduce(0) { $0 + $1.relevant }) / Double(max(1, records.count))
        func estimate(_ value: (LibraryRecord) -> Double) -> Estimate? {
            records.estimate(by: \.sample, value)
        }
        let depth = LibraryEvaluator.depth
        func possible(_ record: LibraryRecord) -> Double { Double(min(depth, record.relevant)) }
        recall = [:]
        for way in LibraryEvaluator.Way.allCases {
            recall[way.rawValue] = estimate { Double($0.hits[way.rawValue] ?? 0) / possible($0) }
        }
        random = estimate { Double(min(depth, $0.judged) * $0.relevant) / Double($0.judged) / possible($0) }
        found = records.reduce(0) { $0 + $1.found }
        right = records.reduce(0) { $0 + $1.right }
        coverage = Double(right) / Double(max(1, records.reduce(0) { $0 + $1.relevant }))
        let times = records.map(\.seconds).sorted()
        searchSeconds = times.isEmpty ? 0 : times[times.count / 2]
        let seen = all.flatMap { record in
            record.evidence.map { JudgedEvidence(evidence: ExistenceEvidence(logged: $0), exists: $0[3] == 1, category: record.shape) }
        }
        fitted = seen.calibration(.photoToLibrary, models: models)
    }

    /// A short table for a terminal.
    package var table: String {
        let said = precision?.fixed ?? "-"
        return [
            "\(searches) searches among \(judged) \(Questions.judged) of \(meshes); \(relevant.fixed) \(Questions.isRight) in the mean",
            Markdown.table(
                ["ranked by", "recall at 10"],
                Questions.ways.map { [$1, recall[$0.rawValue].cell] } + [["nothing (expected)", random.cell]]),
            "\(found) times a mesh was said to have the part: \(said) \(Questions.isRight), \(coverage.fixed) of those that do.",
        ].joined(separator: "\n\n")
    }
}

extension ExistenceEvidence {
    /// As the log of a library's searches has it: the share that qualifies, the similarity, the object's.
    init(logged numbers: [Double]) {
        self.init(bestIoU: 0, qualifyingShare: numbers[0], similarity: numbers[1], objectSimilarity: numbers[2])
    }
}
