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
                target: target.entry.name, transfer: target.rightShare(of: carried),
                nearest: target.rightShare(of: try nearest(source, target)),
                commonest: target.rightShare(of: carried.map { _ in commonest }))
        ]
    }

    /// The shares of all ways.
    package func summary(of records: [TransferRecord]) -> TransferSummary {
        TransferSummary(of: records, options: evaluator.options)
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

/// `transfer.json`.
package struct TransferSummary: Summary {
    /// The version of this schema.
    package var schema = 1
    /// What was measured, and how.
    package var options: EvaluationOptions
    /// Pairs of meshes.
    package var pairs: Int
    /// The share of the surface with the right label, by way; then how much the transfer leads by; intervals resample target meshes.
    package var (transfer, nearest, commonest, lead): (Estimate?, Estimate?, Estimate?, Estimate?)
    /// The share by category: transfer, nearest, commonest.
    package var categories: [String: [Double]]

    /// The summary of finished pairs.
    package init(of records: [TransferRecord], options: EvaluationOptions) {
        (self.options, pairs) = (options, records.count)
        func estimate(_ value: (TransferRecord) -> Double) -> Estimate? { records.estimate(by: \.target, value) }
        (transfer, nearest, commonest) = (estimate { $0.transfer }, estimate { $0.nearest }, estimate { $0.commonest })
        lead = estimate { $0.transfer - $0.nearest }
        categories = Dictionary(grouping: records, by: \.category).mapValues { records in
            [\TransferRecord.transfer, \.nearest, \.commonest].map { path in
                SampleJudge.rounded(records.reduce(0) { $0 + $1[keyPath: path] } / Double(records.count))
            }
        }
    }

    /// The shares in Markdown.
    package var table: String {
        let ways: [(String, Estimate?)] = [
            ("Votes of all vertices, smoothed (the default)", transfer), ("Label of the most similar vertex", nearest),
            ("Label with the largest area", commonest), ("Default leads the most similar vertex by", lead),
        ]
        return [
            "\(pairs) pairs of meshes", Markdown.table(["way", "share of the surface [95 %]"], ways.map { [$0.0, $0.1.cell] }),
            Markdown.table(
                ["category", "default", "most similar", "largest"],
                categories.sorted { $0.key < $1.key }.map { [$0.key] + $0.value.map(\.fixed) }),
        ].joined(separator: "\n\n")
    }
}
