import BSBBasics
import Foundation

/// What a measurement of segments came to.
package struct SegmentSummary: Summary {
    /// The version of this schema.
    package var schema = 2
    /// What was measured, and how.
    package var options: SegmentEvaluation.Options
    /// The seed of every random choice.
    package var seed: UInt64
    /// Meshes, and parts of all of them.
    package var (meshes, parts): (Int, Int)
    /// For each method, the IoU after each click over all parts.
    package var overlaps: [String: [Estimate]]
    /// For pairs of methods, how much the first is better than the second after each click, part by part.
    package var differences: [Difference]
    /// For each method, what it cost on a mesh in the mean.
    package var costs: [String: Cost]
    /// The most memory that the process had in use, in megabytes.
    package var peakMemoryMegabytes: Double?

    /// How much a method is better than another.
    package struct Difference: Sendable, Encodable {
        /// The two methods.
        package var (method, other): (String, String)
        /// After each click.
        package var overlaps: [Estimate]
    }

    /// Mean costs of a method.
    package struct Cost: Sendable, Encodable {
        /// Seconds of preparation on a mesh, on the wall and of all processors.
        package var (preparation, processorPreparation): (Double, Double)
        /// Milliseconds for an answer.
        package var answerMilliseconds: Double
        /// Work done on a mesh, by kind.
        package var counts: [String: Double]
    }

    /// The pairs that are compared.
    private static let pairs: [(SegmentEvaluation.Method, SegmentEvaluation.Method)] = [
        (.fast, .reference), (.fast, .lift), (.fast, .diameter), (.lift, .ball), (.liftClean, .lift), (.fastClean, .fast),
    ]

    /// The summary of results; intervals resample whole meshes.
    package init(of results: [SegmentEvaluation.MeshResult], options: SegmentEvaluation.Options, seed: UInt64) {
        (self.options, self.seed) = (options, seed)
        (meshes, parts) = (results.count, results.reduce(0) { $0 + $1.parts.count })
        let clusters = results.enumerated().flatMap { index, result in result.parts.map { _ in index } }
        let values = { (method: SegmentEvaluation.Method, click: Int) -> [Double] in
            results.flatMap { $0.parts.map { $0.overlaps[method.rawValue]?[click] ?? 0 } }
        }
        let clicks = 0...options.corrections
        overlaps = [:]
        for method in options.methods {
            overlaps[method.rawValue] = clicks.compactMap { Bootstrap().mean(of: values(method, $0), clusters: clusters) }
        }
        differences = Self.pairs.filter { options.methods.contains($0.0) && options.methods.contains($0.1) }.map { method, other in
            Difference(
                method: method.rawValue, other: other.rawValue,
                overlaps: clicks.compactMap { click in
                    Bootstrap().mean(of: zip(values(method, click), values(other, click)).map { $0 - $1 }, clusters: clusters)
                })
        }
        costs = [:]
        for method in options.methods { costs[method.rawValue] = Cost(results.compactMap { $0.costs[method.rawValue] }) }
        peakMemoryMegabytes = ProcessUsage.peakMemoryMegabytes
    }
}

extension SegmentSummary.Cost {
    /// The mean of costs.
    fileprivate init(_ costs: [SegmentEvaluation.MeshResult.Cost]) {
        let count = Double(max(1, costs.count))
        preparation = costs.reduce(0) { $0 + $1.preparation.wall } / count
        processorPreparation = costs.reduce(0) { $0 + $1.preparation.processor } / count
        let answers = costs.reduce(0) { $0 + $1.answers }
        answerMilliseconds = 1000 * costs.reduce(0) { $0 + $1.clicks.wall } / Double(max(1, answers))
        counts = [:]
        for cost in costs { for (name, number) in cost.counts { counts[name, default: 0] += Double(number) / count } }
    }
}

extension SegmentSummary {
    /// The results as Markdown: the IoU after one click and after more, the differences, and the costs.
    package var table: String {
        let columns = (0...options.corrections).filter { $0 != 4 }
        let head = columns.map { $0 == 0 ? "one click" : "+\($0)" }
        let rows = options.methods.compactMap { method in overlaps[method.rawValue].map { Self.row(method.rawValue, $0, columns) } }
        let compared = differences.map { Self.row("\($0.method) over \($0.other)", $0.overlaps, columns) }
        let costs = options.methods.compactMap { method in
            self.costs[method.rawValue].map { cost in
                let counts = cost.counts.sorted { $0.key < $1.key }.map { "\($0.key) \(Int($0.value.rounded()))" }.joined(separator: ", ")
                return [
                    method.rawValue, String(format: "%.1f", cost.preparation), String(format: "%.1f", cost.processorPreparation),
                    String(format: "%.1f", cost.answerMilliseconds), counts,
                ]
            }
        }
        return [
            "\(parts) parts of \(meshes) meshes; mean IoU [95 % by resampling meshes]", Markdown.table(["method"] + head, rows),
            Markdown.table(["difference"] + head, compared),
            Markdown.table(["method", "preparation, s a mesh", "processor, s", "answer, ms", "work on a mesh"], costs),
        ].joined(separator: "\n\n")
    }

    private static func row(_ name: String, _ estimates: [Estimate], _ columns: [Int]) -> [String] {
        [name]
            + columns.filter(estimates.indices.contains).map { estimates[$0].cell }
    }
}
