import BSBBackbones
import BSBBasics
import BSBImages
import BSBWorkbench
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

/// How far the answers for the keypoints of a pair of photos are off: one line of `samples.jsonl`.
package struct KeypointRecord: Sendable, Hashable, Codable, LoggedRecord {
    /// The number of the pair.
    package var sample: Int
    /// The photo whose keypoints are sought.
    package var source: String
    /// The photo that they are sought in.
    package var target: String
    /// For each keypoint the distance of the nearest cell by features alone, in shares of the box.
    package var nearest: [Float]
    /// The same with a vote of neighbouring matches.
    package var voted: [Float]
}

/// Measures photo-to-photo correspondence by features alone, as on PF-WILLOW (Ham et al., CVPR 2016).
package struct KeypointEvaluator: Experiment {
    package static let name = "keypoints"
    package static let stage = "Matching keypoints"

    /// Within which shares of the keypoints' box a match counts.
    static let distances = [0.05, 0.1, 0.15]

    package let bench: Workbench
    private let set: KeypointSet
    private let pairs: [(source: Int, target: Int)]

    /// An evaluation of a workbench's feature extractor on a set of photos.
    package init(_ set: KeypointSet, at bench: Workbench) {
        (self.set, self.bench, pairs) = (set, bench, set.pairs)
    }

    package var subjects: [String] { self.set.photos.map(\.name) }
    package var models: [ModelIdentity] { [bench.extractor.identity] }
    package var choices: [any Encodable] { [self.set.photos.map(\.points)] }

    /// Some pairs by their numbers, and what all photos look like.
    package struct Job {
        fileprivate var photos: Deferred<[KeypointMatcher.Photo]>
        fileprivate var pairs: [Int]
    }

    package func jobs(skipping skips: SkippedShapes) throws -> [(job: Job, units: [Int])] {
        let photos = Deferred {
            try bench.parallelism.map(set.photos.count) { index in
                let image = try Image(contentsOf: "\(set.folder)/\(set.photos[index].name)")
                return KeypointMatcher.Photo(try bench.extractor.features(of: image), width: image.width, height: image.height)
            }
        }
        let batch = 8 * bench.parallelism.threads
        return stride(from: 0, to: pairs.count, by: batch).map { first in
            let some = Array(first..<min(first + batch, pairs.count))
            return (Job(photos: photos, pairs: some), some)
        }
    }

    package func unit(of record: KeypointRecord) -> Int { record.sample }

    /// How far the answers of some pairs are off.
    package func records(of job: Job, except finished: Set<Int>, skipping skips: SkippedShapes) throws -> [KeypointRecord] {
        let (photos, left) = (try job.photos.value(), job.pairs.filter { !finished.contains($0) })
        return bench.parallelism.map(left.count) { record(left[$0], pairs[left[$0]], photos) }
    }

    private func record(_ number: Int, _ pair: (source: Int, target: Int), _ photos: [KeypointMatcher.Photo]) -> KeypointRecord {
        let (source, target) = (set.photos[pair.source], set.photos[pair.target])
        let side = max(target.boxSide, .leastNormalMagnitude)
        func distance(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> Float { ((a - b) * (a - b)).sum().squareRoot() / side }
        let found = KeypointMatcher().matches(of: source.points, from: photos[pair.source], to: photos[pair.target])
        return KeypointRecord(
            sample: number, source: source.name, target: target.name, nearest: zip(found, target.points).map { distance($0.nearest, $1) },
            voted: zip(found, target.points).map { distance($0.voted, $1) })
    }

    /// The shares over all sets, and those of each.
    package func summary(of records: [KeypointRecord]) -> KeypointSummary {
        let sets = Dictionary(set.photos.map { ($0.name, $0.set) }) { first, _ in first }
        let groups = Dictionary(grouping: records) { sets[$0.source] ?? "" }.sorted { $0.key < $1.key }
        return KeypointSummary(
            photos: set.photos.count, pairs: records.count,
            groups: ([("all", records)] + groups.map { ($0.key, $0.value) }).filter { !$0.1.isEmpty }.map(Self.group))
    }

    private static func group(_ name: String, of records: [KeypointRecord]) -> KeypointSummary.Group {
        func scores(_ answers: KeyPath<KeypointRecord, [Float]>) -> [KeypointSummary.Score] {
            distances.compactMap { within in
                let hits = records.flatMap { record in record[keyPath: answers].map { (Double($0) <= within ? 1.0 : 0, record.source) } }
                return hits.estimate(by: \.1) { $0.0 }.map { .init(within: within, share: $0) }
            }
        }
        return .init(name: name, nearest: scores(\.nearest), voted: scores(\.voted))
    }
}
