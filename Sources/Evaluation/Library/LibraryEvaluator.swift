import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBLibrary
import BSBPhotography
import BSBRendering
import BSBWorkbench

/// What one search in a library gave: one line of `samples.jsonl`.
package struct LibraryRecord: Sendable, Hashable, Codable, LoggedRecord {
    /// The number of the search.
    package var sample: Int
    /// The number of the search.
    package var photo: Int
    /// The photographed shape.
    package var shape: String
    /// The clicked part.
    package var part: String
    /// Labelled meshes of the library, but for the photographed one.
    package var judged: Int
    /// Those of them that have the part.
    package var relevant: Int
    /// How many of the first ten have the part, by way of ranking (``LibraryEvaluator/Way``).
    package var hits: [String: Int]
    /// Labelled meshes that the search says have the part.
    package var found: Int
    /// Those of them that have it.
    package var right: Int
    /// Seconds that the search took, without the photo.
    package var seconds: Double
    /// For each labelled mesh what was seen: the share that qualifies, the similarity, the object's; then whether it has the part.
    package var evidence: [[Double]]
}

/// Measures searches in a library: photo-like renders of labelled shapes are clicked, and the labels say which meshes have the part.
///
/// A mesh has what was clicked if it has a part of that name, and, unless parts of all categories are alike, is of the same category. The
/// photographed shape itself does not count.
package struct LibraryEvaluator: LabelledExperiment {
    package static let name = "library"
    package static let stage = "Searching"

    /// What meshes are ranked by.
    package enum Way: String, Sendable, CaseIterable, Codable {
        /// As searches do, among the labelled meshes.
        case search
        /// The same with every mesh in the second stage.
        case exhaustive
        /// As searches do, in the whole library, where meshes without labels count as lacking the part.
        case unlabelled
        /// The similarity of the click and the most similar vertex.
        case vertex
        /// The similarity of whole objects.
        case whole
    }

    /// How much is measured, and how.
    package struct Options: Sendable, Hashable, Codable {
        /// Searches in all.
        package var searches = 50
        /// Width and height of photos.
        package var photoSize = 320
        /// The seed of shapes, views and clicks.
        package var seed: UInt64 = 0
        /// Meshes in the second stage.
        package var candidates = 300
        /// Whether parts of one name are alike in all categories.
        package var crossesCategories = false

        /// The usual options.
        package init() {}
    }

    /// The first so many are judged.
    package static let depth = 10

    package let ground: Subjects
    private let options: Options
    private let judge: LibraryJudge

    /// A measurement in a library that holds meshes of a data set, with photos of the shapes `entries`.
    ///
    /// Throws `Failure` if the library cannot be searched by these models.
    package init(in library: MeshLibrary, _ ground: Subjects, options: Options) throws {
        var ground = ground
        ground.bench = try library.adapted(ground.bench)
        (self.ground, self.options) = (ground, options)
        judge = try LibraryJudge(library, candidates: options.candidates, at: ground.bench)
    }

    package var choices: [any Encodable & Sendable] { [options, judge.search.entries.count] }

    /// The searches; what labels say of meshes is read with the first.
    package func jobs(skipping skips: SkippedShapes) throws -> [Job<Int, LibraryRecord>] {
        let known = Deferred { try labels(skipping: skips) }
        return Job.batches(of: 1, Array(0..<options.searches)) { left in
            let known = try known.value()
            return try left.compactMap { sample in
                var generator = SeededGenerator(seed: options.seed ^ 0x11B_2A2, stream: UInt64(sample))
                let entry = ground.entries[generator.index(below: ground.entries.count)]
                return try skips.using(entry) { try ground.shape(entry) }.flatMap { try record(sample, $0, known) }
            }
        }
    }

    /// How much is found.
    package func summary(of records: [LibraryRecord]) -> Summary {
        Summary(
            of: records, options: options, meshes: judge.search.entries.count, models: models,
            Way.usual + [(.unlabelled, "search, meshes without labels counted as wrong")], judged: "labelled meshes",
            isRight: "have the part")
    }

    /// What labels say of a mesh.
    private typealias Known = (category: String, parts: Set<String>)

    /// What labels say of meshes, by the hashes of their files.
    private func labels(skipping skips: SkippedShapes) throws -> [String: Known] {
        let shapes = ground.data.entries
        let found = try bench.parallelism.map(shapes.count) { index -> (String, Known)? in
            guard let shape = try skips.using(shapes[index], { try ground.data.shape(shapes[index]) }) else { return nil }
            let used = Set(shape.labels.perFace).filter { $0 >= 0 }.map { shape.labels.names[$0] }
            return (shape.hash, (shape.entry.category, Set(used)))
        }
        return Dictionary(found.compactMap { $0 }) { first, _ in first }
    }

    private func record(_ sample: Int, _ shape: EvaluationShape, _ known: [String: Known]) throws -> LibraryRecord? {
        let entry = shape.entry
        let studio = EvaluationStudio(size: RasterSize(options.photoSize), sampling: .part, clicks: 1, seed: options.seed ^ 0x11B_2A3)
        guard let photo = try studio.photo(of: shape, subject: PhotoSubject(mesh: shape.opened.scene.mesh), number: sample),
            let click = photo.clicks.first
        else { return nil }
        let probe = try judge.search.probe(Click(click.pixel), in: OpenPhoto(photo.image, name: "photo"))
        return try judge.record(
            sample, shape: entry.name, part: click.part, probe, except: shape.opened.hash, isKnown: { known[$0.hash ?? ""] != nil }
        ) { mesh in
            guard let labels = known[mesh.hash ?? ""], labels.parts.contains(click.part) else { return false }
            return options.crossesCategories || labels.category == entry.category
        }
    }
}
