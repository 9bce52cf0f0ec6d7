import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBImages
import BSBWorkbench

/// What one click in a pair of photos gave: one line of `samples.jsonl`.
package struct RelateRecord: Sendable, Hashable, Codable, LoggedRecord {
    /// The number of the sample; its pair is number `photo`.
    package var sample: Int
    /// The number of its pair of photos.
    package var photo: Int
    /// The category of both photos.
    package var category: String
    /// The photo that was clicked.
    package var first: String
    /// The photo that the part is sought in.
    package var second: String
    /// The click in the first photo.
    package var click: LabelledClick
    /// The share of the second photo's labelled pixels that are of the part: the success of one of them drawn at random.
    package var pixelShare: Double
    /// The answer that the meshes vote for.
    package var vote: PixelAnswer
    /// The most similar pixel of the second photo's object, without any mesh.
    package var direct: PixelAnswer
    /// What each mesh says by itself.
    package var meshes: [String: PixelAnswer]
    /// The confidence of the vote; absent without an answer.
    package var confidence: Float?
}

/// Measures how often a click in a real photo finds its part in another by way of meshes, beside comparing the photos themselves.
package struct RelateEvaluator: LabelledExperiment {
    package static let name = "relate"
    package static let stage = "Relating photos"

    package let ground: Subjects
    private let clicks: PhotoClicks
    let options: PhotoPairOptions

    /// An evaluation of pairs of photos by way of shapes.
    package init(_ ground: Subjects, clicks: PhotoClicks, options: PhotoPairOptions) {
        (self.ground, self.clicks, self.options) = (ground, clicks, options)
    }

    package var choices: [any Encodable & Sendable] { [options, clicks] }

    /// The pairs of each category.
    ///
    /// Throws `Failure` if no two photos show the same part; jobs do if a file cannot be read.
    package func jobs(skipping skips: SkippedShapes) throws -> [Job<Int, RelateRecord>] {
        let categories = Set(ground.entries.map(\.category))
        let photos = clicks.photos.filter { categories.contains($0.category) }
        let plan = PhotoPairPlan(photos, options: options)
        guard !plan.pairs.isEmpty else {
            throw Failure(
                .usage, "planning the evaluation", reason: "no two photos of a category of the chosen shapes show the same part",
                hint: "give each photo the masks of its parts; docs/evaluation.md has the format")
        }
        let offsets = plan.pairs.reduce(into: [0]) { $0.append($0.last! + $1.clicks.count) }
        let batch = 2 * bench.parallelism.threads
        return Set(photos.map(\.category)).sorted().flatMap { category in
            let pairs = plan.pairs.filter { photos[$0.first].category == category }
            let studio = Deferred { try PairStudio(category, photos, meshes: meshes(of: category, skipping: skips), at: bench) }
            return Job.batches(of: batch, pairs.map(\.number)) { left in
                let studio = try studio.value()
                return try bench.parallelism.map(left.count) {
                    try studio.records(of: plan.pairs[left[$0]], firstSample: offsets[left[$0]])
                }
                .flatMap { $0 }
            }
        }
    }

    package func unit(of record: RelateRecord) -> Int { record.photo }

    /// The meshes of a category that vote.
    private func meshes(of category: String, skipping skips: SkippedShapes) throws -> [(name: String, mesh: OpenMesh)] {
        var generator = SeededGenerator(seed: options.seed ^ 0x3E5E, stream: 0)
        var rest = ground.entries.filter { $0.category == category }
        var chosen: [(name: String, mesh: OpenMesh)] = []
        while chosen.count < options.meshes, !rest.isEmpty {
            let entry = rest.remove(at: generator.index(below: rest.count))
            let found = try skips.using(entry) { try ground.target(entry, segments: true).opened }
            if let found { chosen.append((entry.name, found)) }
        }
        return chosen
    }
}

/// The photos and meshes of one category.
private struct PairStudio: Sendable {
    let photos: [PhotoClicks.Photo]
    let meshes: [(name: String, mesh: OpenMesh)]
    let prepared: [Int: OpenPhoto]
    /// For each photo the object that each mesh finds; nil where it finds none.
    let objects: [Int: [FoundObject?]]
    let bench: Workbench

    init(_ category: String, _ photos: [PhotoClicks.Photo], meshes: [(name: String, mesh: OpenMesh)], at bench: Workbench) throws {
        let own = photos.indices.filter { photos[$0].category == category }
        let worker = bench.singleThreaded
        let seen = try bench.parallelism.map(own.count) { index -> (OpenPhoto, [FoundObject?]) in
            let photo = try OpenPhoto(contentsOf: photos[own[index]].image)
            return (photo, try meshes.map { try ObjectFinder(at: worker).proposals(in: photo, like: $0.mesh).first?.found })
        }
        self.photos = photos
        self.meshes = meshes
        self.bench = worker
        prepared = Dictionary(uniqueKeysWithValues: zip(own, seen.map(\.0)))
        objects = Dictionary(uniqueKeysWithValues: zip(own, seen.map(\.1)))
    }

    func records(of pair: PhotoPairPlan.Pair, firstSample: Int) throws -> [RelateRecord] {
        let (first, second) = (prepared[pair.first]!, prepared[pair.second]!)
        let masks = try photos[pair.second].readMasks(for: second.image)
        let labelled = masks.values.reduce(Mask(width: second.image.width, height: second.image.height)) { $0.union($1) }
        let known = zip(meshes, objects[pair.second]!).compactMap { item, object in object.map { (item.name, item.mesh, $0) } }
        return try pair.clicks.enumerated().map { index, click in
            let right = masks[click.part]!
            let judge = PixelJudge(right: right, photo: second, bench: bench)
            let clicked = Click(click.pixel)
            let outcome = try RelateJob(at: bench).run(first, click: clicked, second, through: known.map(\.1), objects: known.map(\.2))
            let chains = try zip(known, outcome.chains).map { item, chain in
                (item.0, try judge.judged(chain.on?.correspondence.buddy?.pixel, mask: chain.on?.mask))
            }
            return RelateRecord(
                sample: firstSample + index, photo: pair.number, category: photos[pair.first].category, first: first.path,
                second: second.path, click: click,
                pixelShare: SampleJudge.rounded(Double(right.count) / Double(max(1, labelled.count))),
                vote: outcome.best.map { chains[$0].1 } ?? .none,
                direct: try judge.judged(outcome.direct?.pixel, mask: outcome.direct?.mask),
                meshes: Dictionary(chains, uniquingKeysWith: { a, _ in a }), confidence: outcome.best.map { outcome.chains[$0].confidence })
        }
    }
}

extension PhotoClicks.Photo {
    /// The masks of the photo's parts, by part.
    ///
    /// Throws `Failure` if one cannot be read or has not the photo's size.
    func readMasks(for image: Image) throws -> [String: Mask] {
        try (masks ?? [:]).mapValues { path in
            let mask = try Mask(contentsOf: path)
            guard mask.width == image.width, mask.height == image.height else {
                throw Failure(
                    .badInput, "reading the part's mask", path: path,
                    reason: "the mask has \(mask.width) x \(mask.height) pixels, the photo \(image.width) x \(image.height)",
                    hint: "a mask has the size of its photo")
            }
            return mask
        }
    }
}
