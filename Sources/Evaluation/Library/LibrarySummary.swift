import BSBBackbones
import BSBCorrespondence

extension LibraryEvaluator.Way {
    /// The rows of every table.
    static var usual: [(Self, String)] {
        [
            (.search, "search"), (.exhaustive, "every mesh in the second stage"), (.vertex, "the most similar vertex alone"),
            (.whole, "similarity of whole objects"),
        ]
    }
}

extension Summary {
    /// `library.json` and `library-photos.json`: how much `searches` find whose part some other of the `meshes` has.
    ///
    /// - `judged`: meshes of which it is known what they are, but for the photographed one; `relevant` how many have the part, in the mean.
    /// - `recall`: by way of ranking, how many of the first ten have the part, of as many as could; intervals resample searches; `random` the same
    ///   in any order, in expectation.
    /// - `found`: judged meshes that the searches said have the part, of which so many are `right`; `coverage` of those that have it the share
    ///   that was found.
    /// - `searchSeconds`: the median of the seconds of both stages. `fitted`: the calibration that fits best.
    ///
    /// The table has a row for each of `ways`; it calls what is known of meshes `judged`, and says of right ones what they do, `isRight`.
    init(
        of all: [LibraryRecord], options: some Encodable & Sendable, meshes: Int, models: [ModelIdentity],
        _ ways: [(LibraryEvaluator.Way, String)], judged what: String, isRight: String
    ) {
        let records = all.filter { $0.relevant > 0 }
        let depth = LibraryEvaluator.depth
        func sum(_ value: (LibraryRecord) -> Int) -> Int { records.reduce(0) { $0 + value($1) } }
        func share(_ value: @escaping (LibraryRecord) -> Double) -> Estimate? {
            records.estimate(by: \.sample) { value($0) / Double(min(depth, $0.relevant)) }
        }
        var recall: [String: Estimate] = [:]
        for way in LibraryEvaluator.Way.allCases { recall[way.rawValue] = share { Double($0.hits[way.rawValue] ?? 0) } }
        let random = share { Double(min(depth, $0.judged) * $0.relevant) / Double($0.judged) }
        let (found, right, judged) = (sum(\.found), sum(\.right), records.map(\.judged).max() ?? 0)
        let relevant = Double(sum(\.relevant)) / Double(max(1, records.count))
        let coverage = Double(right) / Double(max(1, sum(\.relevant)))
        let times = records.map(\.seconds).sorted()
        let seen = all.flatMap { record in
            record.evidence.map { JudgedEvidence(evidence: ExistenceEvidence(logged: $0), exists: $0[3] == 1, category: record.shape) }
        }
        let precision = found > 0 ? (Double(right) / Double(found)).fixed : "-"
        self.init(
            schema: 2,
            [
                "options": options, "searches": records.count, "meshes": meshes, "judged": judged, "relevant": relevant, "recall": recall,
                "random": random, "found": found, "right": right, "coverage": coverage,
                "searchSeconds": times.isEmpty ? 0 : times[times.count / 2], "fitted": seen.calibration(.photoToLibrary, models: models),
            ],
            "\(records.count) searches among \(judged) \(what) of \(meshes); \(relevant.fixed) \(isRight) in the mean",
            Markdown.table(
                ["ranked by", "recall at 10"],
                ways.map { [$1, recall[$0.rawValue].cell] } + [["nothing (expected)", random.cell]]),
            "\(found) times a mesh was said to have the part: \(precision) \(isRight), \(coverage.fixed) of those that do.")
    }
}

extension ExistenceEvidence {
    /// As the log of a library's searches has it: the share that qualifies, the similarity, the object's.
    init(logged numbers: [Double]) {
        self.init(bestIoU: 0, qualifyingShare: numbers[0], similarity: numbers[1], objectSimilarity: numbers[2])
    }
}
