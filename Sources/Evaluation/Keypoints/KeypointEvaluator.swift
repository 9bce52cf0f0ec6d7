import BSBBackbones
import BSBBasics
import BSBImages
import BSBWorkbench
import Foundation

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
    /// The same of the cell that is mutually most similar (``DualSoftmax``), by features alone as well.
    package var mutual: [Float]
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
    /// The photos of about one set, which are some fifty megabytes each.
    private let photos = BoundedMemory(limit: 640 << 20)

    /// An evaluation of a workbench's feature extractor on a set of photos.
    package init(_ set: KeypointSet, at bench: Workbench) {
        (self.set, self.bench, pairs) = (set, bench, set.pairs)
    }

    package var subjects: [String] { self.set.photos.map(\.name) }
    package var models: [ModelIdentity] { [bench.extractor.identity] }
    package var choices: [any Encodable & Sendable] { [self.set.photos.map(\.points)] }

    package func jobs(skipping skips: SkippedShapes) throws -> [Job<Int, KeypointRecord>] {
        Job.batches(of: 8 * bench.parallelism.threads, Array(pairs.indices)) { left in
            try bench.parallelism.map(left.count) { try record(left[$0], pairs[left[$0]]) }
        }
    }

    /// What a photo is compared by.
    private func photo(_ index: Int) throws -> KeypointMatcher.Photo {
        try photos.value("\(index)", cancellation: Cancellation(), bytes: \.bytes) {
            let image = try Image(contentsOf: "\(set.folder)/\(set.photos[index].name)")
            return KeypointMatcher.Photo(try bench.extractor.comparisonFeatures(of: image), width: image.width, height: image.height)
        }
    }

    private func record(_ number: Int, _ pair: (source: Int, target: Int)) throws -> KeypointRecord {
        let (source, target) = (set.photos[pair.source], set.photos[pair.target])
        let side = max(target.boxSide, .leastNormalMagnitude)
        func distance(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> Float { ((a - b) * (a - b)).sum().squareRoot() / side }
        let found = KeypointMatcher().matches(of: source.points, from: try photo(pair.source), to: try photo(pair.target))
        func distances(_ place: KeyPath<KeypointMatcher.Match, SIMD2<Float>>) -> [Float] {
            zip(found, target.points).map { distance($0[keyPath: place], $1) }
        }
        return KeypointRecord(
            sample: number, source: source.name, target: target.name, nearest: distances(\.nearest), mutual: distances(\.mutual),
            voted: distances(\.voted))
    }

    /// `keypoints.json`: how often keypoints are found in other photos of their set, over so many ordered `pairs` of `photos`.
    ///
    /// Of `groups`, all sets and each, the shares of keypoints that the `nearest` cell by features alone finds, the `mutual` nearest by features
    /// alone, and the same with a vote of neighbouring matches (`voted`): the `share` within a distance of the right place (`within`), in shares of the larger side of the box
    /// around the target's keypoints; intervals resample source photos.
    package func summary(of records: [KeypointRecord]) -> Summary {
        let sets = Dictionary(set.photos.map { ($0.name, $0.set) }) { first, _ in first }
        let groups = ([("all", records)] + records.grouped { sets[$0.source] ?? "" }).filter { !$0.1.isEmpty }.map(Self.group)
        let distances = Self.distances.map { String(format: "%.2f", $0) }
        func columns(_ key: String, _ heading: String) -> [Column] {
            func shares(_ row: Facts) -> [Estimate] { (row[key] as [Facts]? ?? []).compactMap { $0["share"] } }
            return [
                Column(heading) { shares($0).map(\.mean.fixed).joined(separator: " / ") },
                Column("95 %") { "[\(shares($0)[1].low.fixed), \(shares($0)[1].high.fixed)]" },
            ]
        }
        let count = Column("keypoints") { row in "\((row["nearest"] as [Facts]?)?.first?["share"]?.n ?? 0)" }
        return Summary(
            schema: 1, ["photos": set.photos.count, "pairs": records.count, "groups": groups],
            "\(records.count) pairs of \(set.photos.count) photos. Share of keypoints within \(distances.joined(separator: " / ")) of their box; "
                + "intervals at \(distances[1])",
            Markdown.table(
                [.name("name", "set")] + columns("nearest", "nearest cell") + columns("mutual", "mutually nearest")
                    + columns("voted", "with a vote") + [count], groups))
    }

    private static func group(_ name: String, of records: [KeypointRecord]) -> Facts {
        func scores(_ answers: KeyPath<KeypointRecord, [Float]>) -> [Facts] {
            distances.map { within in
                let hits = records.flatMap { record in record[keyPath: answers].map { (Double($0) <= within ? 1.0 : 0, record.source) } }
                return Facts(["within": within], of: hits, by: \.1, ["share": \.0])
            }
        }
        return ["name": name, "nearest": scores(\.nearest), "mutual": scores(\.mutual), "voted": scores(\.voted)]
    }
}
