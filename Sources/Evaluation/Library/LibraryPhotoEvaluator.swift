import BSBBasics
import BSBLibrary
import BSBWorkbench

/// Measures searches in a library by photos whose folders say what they show: a mesh is right if it is of the photo's kind.
///
/// What part of the object a click means nobody has said, so that this asks less than ``LibraryEvaluator``, of real photos. Every mesh is judged;
/// one that the table has no word for is of no kind.
package struct LibraryPhotoEvaluator: Experiment {
    package static let name = "library-photos"
    package static let stage = "Searching"

    /// How much is measured, and how.
    package struct Options: Sendable, Hashable, Codable {
        /// Searches in all.
        package var searches = 50
        /// The seed of kinds, photos and clicks.
        package var seed: UInt64 = 0
        /// Meshes in the second stage.
        package var candidates = 300

        /// The usual options.
        package init() {}
    }

    package let bench: Workbench
    private let judge: LibraryJudge
    private let options: Options
    /// Photos of the kinds that there are meshes of.
    private let photos: KindPhotos

    /// A measurement in a library, with the photos in the folders of `folder` that the table names.
    ///
    /// Throws `Failure` if the library cannot be searched by these models, or no kind has both photos and meshes.
    package init(in library: MeshLibrary, photos folder: String, _ kinds: KindTable, options: Options, at bench: Workbench) throws {
        self.bench = try library.adapted(bench)
        self.options = options
        judge = try LibraryJudge(library, candidates: options.candidates, at: self.bench)
        let known = Set(judge.search.entries.compactMap { kinds.kind(ofMesh: $0.path) })
        photos = try KindPhotos(in: folder, kinds, where: known.contains)
    }

    package var subjects: [String] { photos.kinds.flatMap { $0.photos.map(\.path) } }
    package var choices: [any Encodable & Sendable] { [options, photos.table, judge.search.entries.count] }

    package func jobs(skipping skips: SkippedShapes) throws -> [Job<Int, LibraryRecord>] {
        Job.batches(of: 1, Array(0..<options.searches)) { try $0.compactMap(record) }
    }

    /// How much is found.
    package func summary(of records: [LibraryRecord]) -> Summary {
        Summary(
            of: records, options: options, meshes: judge.search.entries.count, models: models, LibraryEvaluator.Way.usual, judged: "meshes",
            isRight: "are of the photo's kind")
    }

    /// What a search gave; nil where the mask is empty.
    private func record(_ sample: Int) throws -> LibraryRecord? {
        var generator = SeededGenerator(seed: options.seed ^ 0x11B_2A4, stream: UInt64(sample))
        let (kind, photo) = KindPhotos.drawn(from: photos.kinds, &generator)
        guard let click = try photo.click(&generator) else { return nil }
        let probe = try judge.search.probe(click, in: OpenPhoto(contentsOf: photo.path))
        return try judge.record(sample, shape: photo.path, part: kind, probe, except: nil, isKnown: { _ in true }) { mesh in
            photos.table.kind(ofMesh: mesh.path) == kind
        }
    }
}
