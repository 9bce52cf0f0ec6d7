import BSBBackbones
import BSBBasics
import BSBImages
import Foundation

/// How often keypoints are found in other photos of their set: the share of correct keypoints (PCK).
package struct KeypointSummary: Summary {
    /// The version of this schema.
    package var schema = 1
    /// Photos.
    package var photos: Int
    /// Ordered pairs of photos.
    package var pairs: Int
    /// The scores over all sets, and those of each.
    package var groups: [Group]

    /// The scores of a set of photos.
    package struct Group: Sendable, Codable, Hashable {
        /// The name of the set, or `all`.
        package var name: String
        /// Shares of keypoints that are found: the nearest cell by features alone.
        package var nearest: [Score]
        /// The same with a vote of neighbouring matches.
        package var voted: [Score]
    }

    /// The share of keypoints that are found within a distance.
    package struct Score: Sendable, Codable, Hashable {
        /// The distance, as a share of the larger side of the box around the target's keypoints.
        package var within: Double
        /// The share, with an interval that resamples source photos.
        package var share: Estimate
    }

    /// The scores in Markdown.
    package var table: String {
        func cells(_ scores: [Score]) -> [String] {
            let interval = scores[1].share
            return [scores.map(\.share.mean.fixed).joined(separator: " / "), "[\(interval.low.fixed), \(interval.high.fixed)]"]
        }
        let distances = KeypointEvaluator.distances.map { String(format: "%.2f", $0) }
        return "\(pairs) pairs of \(photos) photos. Share of keypoints within \(distances.joined(separator: " / ")) of their box; "
            + "intervals at \(distances[1])\n\n"
            + Markdown.table(
                ["set", "nearest cell", "95 %", "with a vote", "95 %", "keypoints"],
                groups.map { [$0.name] + cells($0.nearest) + cells($0.voted) + ["\($0.nearest[0].share.n)"] })
    }
}

/// Measures photo-to-photo correspondence by features alone, as on PF-WILLOW (Ham et al., CVPR 2016).
package struct KeypointEvaluator: Sendable {
    /// Within which shares of the keypoints' box a match counts.
    static let distances = [0.05, 0.1, 0.15]

    let set: KeypointSet
    let extractor: any FeatureExtractor
    let parallelism: Parallelism
    private let progress: @Sendable (Int, Int) -> Void

    /// An evaluation of an extractor on a set of photos.
    package init(
        _ set: KeypointSet, extractor: any FeatureExtractor, parallelism: Parallelism = Parallelism(),
        progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) {
        (self.set, self.extractor, self.parallelism, self.progress) = (set, extractor, parallelism, progress)
    }

    /// How far the answers for one keypoint are off, in shares of the box.
    private struct Distances: Sendable {
        var nearest: Float
        var voted: Float
    }

    /// Runs all pairs.
    ///
    /// Throws `Failure` if a photo cannot be read or the model cannot be run.
    package func summary() throws -> KeypointSummary {
        let photos = try parallelism.map(set.photos.count) { index in
            let image = try Image(contentsOf: "\(set.folder)/\(set.photos[index].name)")
            return KeypointMatcher.Photo(try extractor.features(of: image), width: image.width, height: image.height)
        }
        let pairs = set.pairs
        let batch = 8 * parallelism.threads
        var found: [[Distances]] = []
        for first in stride(from: 0, to: pairs.count, by: batch) {
            progress(first, pairs.count)
            found += parallelism.map(min(batch, pairs.count - first)) { distances(pairs[first + $0], photos) }
        }
        progress(pairs.count, pairs.count)
        let names = Set(set.photos.map(\.set)).sorted()
        let groups =
            [group("all", pairs.indices.map { $0 }, pairs, found)]
            + names.map { name in group(name, pairs.indices.filter { set.photos[pairs[$0].source].set == name }, pairs, found) }
        return KeypointSummary(photos: photos.count, pairs: pairs.count, groups: groups.compactMap { $0 })
    }

    private func distances(_ pair: (source: Int, target: Int), _ photos: [KeypointMatcher.Photo]) -> [Distances] {
        let (source, target) = (set.photos[pair.source], set.photos[pair.target])
        let side = max(target.boxSide, .leastNormalMagnitude)
        func distance(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> Float { ((a - b) * (a - b)).sum().squareRoot() / side }
        return zip(KeypointMatcher().matches(of: source.points, from: photos[pair.source], to: photos[pair.target]), target.points).map {
            Distances(nearest: distance($0.nearest, $1), voted: distance($0.voted, $1))
        }
    }

    private func group(
        _ name: String, _ chosen: [Int], _ pairs: [(source: Int, target: Int)], _ found: [[Distances]]
    ) -> KeypointSummary.Group? {
        let clusters = chosen.flatMap { pair in found[pair].map { _ in pairs[pair].source } }
        func scores(_ distance: (Distances) -> Float) -> [KeypointSummary.Score] {
            Self.distances.compactMap { within in
                let hits = chosen.flatMap { found[$0].map { Double(distance($0)) <= within ? 1.0 : 0 } }
                return Bootstrap().mean(of: hits, clusters: clusters).map { .init(within: within, share: $0) }
            }
        }
        return chosen.isEmpty ? nil : .init(name: name, nearest: scores(\.nearest), voted: scores(\.voted))
    }
}
