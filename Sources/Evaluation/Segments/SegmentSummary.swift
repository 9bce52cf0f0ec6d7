import BSBBasics
import Foundation

extension SegmentEvaluation {
    /// The pairs of ways that are compared.
    private static let pairs: [(Method, Method)] = [
        (.fast, .reference), (.fast, .lift), (.fast, .diameter), (.lift, .ball), (.liftClean, .lift), (.fastClean, .fast),
    ]

    /// What a measurement of so many `parts` of `meshes` came to; intervals resample whole meshes.
    ///
    /// - `overlaps`: for each method, the IoU after each click over all parts.
    /// - `differences`: for pairs of methods, how much the first (`method`) is better than the `other` after each click, part by part.
    /// - `costs`: for each method, on a mesh in the mean the seconds of `preparation` on the wall and of all processors (`processorPreparation`),
    ///   the milliseconds for an answer, and `counts` of work by kind.
    /// - `peakMemoryMegabytes`: the most memory that the process had in use. `seed`: that of every random choice.
    package func summary(of results: [MeshResult]) -> Summary {
        let parts = results.flatMap { result in result.parts.map { (mesh: result.sample, overlaps: $0.overlaps) } }
        func estimates(_ value: @escaping (_ overlaps: (Method) -> Double) -> Double) -> [Estimate] {
            (0...options.corrections).compactMap { click in
                parts.estimate(by: \.mesh) { part in value { part.overlaps[$0.rawValue]?[click] ?? 0 } }
            }
        }
        func byMethod<Value>(_ value: (Method) -> Value) -> [String: Value] {
            Dictionary(uniqueKeysWithValues: options.methods.map { ($0.rawValue, value($0)) })
        }
        let overlaps = byMethod { method in estimates { $0(method) } }
        let compared = Self.pairs.filter { options.methods.contains($0.0) && options.methods.contains($0.1) }.map { method, other in
            (method: method.rawValue, other: other.rawValue, overlaps: estimates { $0(method) - $0(other) })
        }
        let costs = byMethod { method in MeshResult.Cost.mean(of: results.compactMap { $0.costs[method.rawValue] }) }
        let columns = (0...options.corrections).filter { $0 != 4 }
        let head = columns.map { $0 == 0 ? "one click" : "+\($0)" }
        func row(_ name: String, _ estimates: [Estimate]) -> [String] {
            [name] + columns.filter(estimates.indices.contains).map { estimates[$0].cell }
        }
        func decimal(_ key: String, _ heading: String) -> Column {
            Column(heading) { String(format: "%.1f", $0[key] as Double? ?? 0) }
        }
        return Summary(
            schema: 2,
            [
                "options": options, "seed": bench.settings.seed, "meshes": results.count, "parts": parts.count, "overlaps": overlaps,
                "differences": compared.map { ["method": $0.method, "other": $0.other, "overlaps": $0.overlaps] as Facts }, "costs": costs,
                "peakMemoryMegabytes": ProcessUsage.peakMemoryMegabytes,
            ], "\(parts.count) parts of \(results.count) meshes; mean IoU [95 % by resampling meshes]",
            Markdown.table(["method"] + head, options.methods.map { row($0.rawValue, overlaps[$0.rawValue] ?? []) }),
            Markdown.table(["difference"] + head, compared.map { row("\($0.method) over \($0.other)", $0.overlaps) }),
            Markdown.table(
                [
                    .name("method", "method"), decimal("preparation", "preparation, s a mesh"),
                    decimal("processorPreparation", "processor, s"),
                    decimal("answerMilliseconds", "answer, ms"),
                    Column("work on a mesh") { cost in
                        (cost["counts"] as [String: Double]? ?? [:]).sorted { $0.key < $1.key }
                            .map { "\($0.key) \(Int($0.value.rounded()))" }.joined(separator: ", ")
                    },
                ], options.methods.compactMap { costs[$0.rawValue]?.adding(["method": $0.rawValue]) }))
    }
}

extension SegmentEvaluation.MeshResult.Cost {
    /// The mean of costs.
    fileprivate static func mean(of costs: [Self]) -> Facts {
        let count = Double(max(1, costs.count))
        var counts: [String: Double] = [:]
        for cost in costs { for (name, number) in cost.counts { counts[name, default: 0] += Double(number) / count } }
        return [
            "preparation": costs.reduce(0) { $0 + $1.preparation.wall } / count,
            "processorPreparation": costs.reduce(0) { $0 + $1.preparation.processor } / count,
            "answerMilliseconds": 1000 * costs.reduce(0) { $0 + $1.clicks.wall } / Double(max(1, costs.reduce(0) { $0 + $1.answers })),
            "counts": counts,
        ]
    }
}
