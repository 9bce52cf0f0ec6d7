import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBLinearAlgebra
import BSBResults
import BSBWorkbench

/// Measures how much of a mesh gets the right label from another mesh of its category.
package struct TransferEvaluator: PhotoExperiment {
    package static let name = "transfer"
    package static let stage = "Transferring labels"

    package let evaluator: Evaluator

    /// An evaluation on the pairs of `evaluator`, whose protocol is `cross`.
    package init(_ evaluator: Evaluator) {
        self.evaluator = evaluator
    }

    package var models: [ModelIdentity] { [bench.extractor.identity] }

    static let isSideBySide = false

    func prepared(_ entry: ShapeEntry) throws -> EvaluationShape { try ground.shape(entry) }

    /// How much of a mesh gets the right label from another.
    func records(of planned: PlannedPhoto, _ source: PhotoSource, on target: EvaluationShape) throws -> [TransferRecord] {
        let (source, labels) = (source.shape, try ground.data.shape(planned.source).labels)
        let carried = try LabelTransfer(at: bench).run(source.opened, labels, to: target.opened).carried.names
        let commonest = source.largestPart()
        return [
            TransferRecord(
                sample: planned.number, photo: planned.number, category: target.entry.category, source: source.entry.name,
                target: target.entry.name, transfer: target.rightShare(of: carried) ?? 0,
                nearest: target.rightShare(of: try nearest(source, target)) ?? 0,
                commonest: target.rightShare(of: carried.map { _ in commonest }) ?? 0)
        ]
    }

    /// `transfer.json`: the share of the surface with the right label over so many `pairs`.
    ///
    /// By way, `transfer`, `nearest` and `commonest`; `lead` is how much the transfer leads by. Intervals resample target meshes. `categories`
    /// has the three shares by category.
    package func summary(of records: [TransferRecord]) -> Summary {
        let means = Facts(
            of: records, by: \.target,
            ["transfer": \.transfer, "nearest": \.nearest, "commonest": \.commonest, "lead": { $0.transfer - $0.nearest }])
        let categories = Dictionary(grouping: records, by: \.category).mapValues { records in
            [\TransferRecord.transfer, \.nearest, \.commonest].map { path in
                SampleJudge.rounded(records.reduce(0) { $0 + $1[keyPath: path] } / Double(records.count))
            }
        }
        let ways = [
            ("Votes of all vertices, smoothed (the default)", "transfer"), ("Label of the most similar vertex", "nearest"),
            ("Label with the largest area", "commonest"), ("Default leads the most similar vertex by", "lead"),
        ]
        return Summary(
            schema: 1, means.adding(["options": evaluator.options, "pairs": records.count, "categories": categories]),
            "\(records.count) pairs of meshes", Markdown.table(["way", "share of the surface [95 %]"], ways.map { [$0, means[$1].cell] }),
            Markdown.table(
                ["category", "default", "most similar", "largest"],
                categories.sorted { $0.key < $1.key }.map { [$0.key] + $0.value.map(\.fixed) }))
    }

    /// For each vertex the part of the most similar labelled vertex.
    private func nearest(_ source: EvaluationShape, _ target: EvaluationShape) throws -> [String?] {
        let known = source.partOfVertex.indices.filter { source.partOfVertex[$0] >= 0 && source.opened.referenced[$0] }
        let from = try source.opened.features(at: bench).values(at: known).withNormalizedRows()
        let vertices = Array(target.partOfVertex.indices)
        let to = try target.opened.features(at: bench).values(at: vertices).withNormalizedRows()
        return from.mostSimilarRows(to: to, parallelism: bench.parallelism).map { source.part(of: known[$0]) }
    }
}

/// What one pair of meshes gave: one line of `samples.jsonl`.
package struct TransferRecord: Sendable, Hashable, Codable, PhotoRecord {
    /// The number of the pair.
    package var sample: Int
    /// The number of the pair.
    package var photo: Int
    /// The category of both.
    package var category: String
    /// The labelled mesh.
    package var source: String
    /// The mesh that got the labels.
    package var target: String
    /// The share of the surface with the right label.
    package var transfer: Double
    /// The same where each vertex has the label of the most similar one.
    package var nearest: Double
    /// The same where all have the label with the largest area.
    package var commonest: Double
}
