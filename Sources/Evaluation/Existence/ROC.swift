/// A point of a receiver operating characteristic.
package struct ROCPoint: Sendable, Hashable, Codable {
    /// Scores from here on count as "exists".
    package var threshold: Double
    /// The share of parts that exist which are found to.
    package var truePositives: Double
    /// The share of parts that do not exist which are found to.
    package var falsePositives: Double
}

/// How well a score tells two kinds of clicks apart.
package struct ROCCurve: Sendable, Hashable, Codable {
    /// The points, from the highest threshold on.
    package var points: [ROCPoint]
    /// The chance that a part that exists has the higher score than one that does not; ties count half.
    package var area: Double
    /// The threshold of the largest difference of the two rates (Youden 1950).
    package var bestThreshold: Double

    /// The curve of the scores of parts that exist and of those that do not; nil if either kind is missing.
    ///
    /// Complexity: O(n log n).
    package init?(existing: [Double], missing: [Double]) {
        guard !existing.isEmpty, !missing.isEmpty else { return nil }
        let scores = (existing.map { ($0, true) } + missing.map { ($0, false) }).sorted { $0.0 > $1.0 }
        var (trues, falses) = (0, 0)
        var points = [ROCPoint(threshold: scores[0].0 + 1, truePositives: 0, falsePositives: 0)]
        for (index, score) in scores.enumerated() {
            if score.1 { trues += 1 } else { falses += 1 }
            guard index + 1 == scores.count || scores[index + 1].0 < score.0 else { continue }
            points.append(
                ROCPoint(
                    threshold: score.0, truePositives: Double(trues) / Double(existing.count),
                    falsePositives: Double(falses) / Double(missing.count)))
        }
        self.points = points
        area = zip(points, points.dropFirst()).reduce(0) { sum, pair in
            sum + (pair.1.falsePositives - pair.0.falsePositives) * (pair.1.truePositives + pair.0.truePositives) / 2
        }
        bestThreshold = points.max { $0.truePositives - $0.falsePositives < $1.truePositives - $1.falsePositives }!.threshold
    }
}
