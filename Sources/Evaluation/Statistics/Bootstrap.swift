import BSBBasics

/// A mean with the interval that holds 95 % of the means of resampled data.
package struct Estimate: Sendable, Hashable, Codable {
    /// The mean of the values.
    package var mean: Double
    /// The 2.5th and the 97.5th percentile.
    package var low: Double
    /// The 97.5th percentile.
    package var high: Double
    /// The number of values.
    package var n: Int
}

/// Percentile bootstrap intervals (Efron 1979), seeded.
package struct Bootstrap: Sendable {
    /// How often the data are resampled.
    package var resamples = 2000
    /// The seed of the resamples.
    package var seed: UInt64 = 0

    /// The default bootstrap: 2,000 resamples.
    package init() {}

    /// The mean of values that are drawn in clusters, such as the clicks in one photo: whole clusters are resampled.
    ///
    /// - Parameter values: what is averaged.
    /// - Parameter clusters: for each value the cluster that it belongs to.
    /// - Returns: nil for no values.
    /// - Complexity: O(resamples x clusters).
    package func mean<Cluster: Hashable>(of values: [Double], clusters: [Cluster]) -> Estimate? {
        precondition(values.count == clusters.count, "each value is in a cluster")
        guard !values.isEmpty else { return nil }
        var slots: [Cluster: Int] = [:]
        var (sums, counts): ([Double], [Double]) = ([], [])
        for (value, cluster) in zip(values, clusters) {
            let slot = slots[cluster] ?? sums.count
            if slot == sums.count {
                slots[cluster] = slot
                sums.append(0)
                counts.append(0)
            }
            sums[slot] += value
            counts[slot] += 1
        }
        var generator = SeededGenerator(seed: seed, stream: UInt64(values.count))
        let means = (0..<max(1, resamples)).map { _ -> Double in
            var (sum, count) = (0.0, 0.0)
            for _ in sums.indices {
                let slot = generator.index(below: sums.count)
                sum += sums[slot]
                count += counts[slot]
            }
            return sum / count
        }.sorted()
        let mean = values.reduce(0, +) / Double(values.count)
        return Estimate(
            mean: SampleJudge.rounded(mean), low: SampleJudge.rounded(Self.percentile(means, 0.025)),
            high: SampleJudge.rounded(Self.percentile(means, 0.975)), n: values.count)
    }

    /// The value at a share of sorted values, between neighbours.
    static func percentile(_ sorted: [Double], _ share: Double) -> Double {
        let position = share * Double(sorted.count - 1)
        let lower = Int(position)
        let upper = min(lower + 1, sorted.count - 1)
        return sorted[lower] + (sorted[upper] - sorted[lower]) * (position - Double(lower))
    }
}
