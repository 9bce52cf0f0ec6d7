import BSBBackbones
import BSBBasics
import BSBPhotography
import BSBRendering
import BSBWorkbench
import Foundation

/// Measures how often clicks in photos of shapes are answered on the right part of a mesh.
package struct Evaluator: ClickExperiment {
    package static let name = "success"
    package static let stage = "Evaluating"

    package let ground: Subjects
    let options: EvaluationOptions
    let studio: EvaluationStudio
    private let renderExtractor: (any FeatureExtractor)?
    private let returned: ReturnedPhotos?

    /// An evaluation on shapes.
    ///
    /// - Parameter options: what is measured, and how.
    /// - Parameter renderExtractor: what the baselines through a render match with, such as DIFT's own features; by default the
    ///   workbench's extractor.
    /// - Parameter returned: pictures to click in, instead of rendered ones; those of `exportDepth` with the same shapes and options.
    package init(
        _ ground: Subjects, options: EvaluationOptions, renderExtractor: (any FeatureExtractor)? = nil, returned: ReturnedPhotos? = nil
    ) {
        (self.ground, self.options, self.renderExtractor, self.returned) = (ground, options, renderExtractor, returned)
        studio = EvaluationStudio(
            size: RasterSize(options.photoSize), sampling: options.sampling, clicks: max(1, options.clicksPerPhoto), seed: options.seed)
    }

    package var evaluator: Evaluator { self }
    package var models: [ModelIdentity] { bench.models + (renderExtractor.map { [$0.identity] } ?? []) }
    /// The options, and SHA-256 of the pictures that were brought back.
    package var choices: [any Encodable & Sendable] { [options, returned.map { [$0.hash] } ?? []] }

    func prepared(_ entry: ShapeEntry) throws -> SampleJudge {
        SampleJudge(
            target: try ground.target(entry, segments: options.segments), options: options, bench: bench.singleThreaded,
            renderExtractor: renderExtractor)
    }

    func records(of taken: TakenPhoto, on judge: SampleJudge) throws -> [SampleRecord] {
        var judge = judge
        if let features = ground.features { judge.bench.extractor = try features.extractor(forPhoto: taken.number) }
        return try judge.records(
            of: taken.photo, clicks: taken.clicks.count, number: taken.number, source: taken.source.entry.name, pose: taken.source.pose,
            firstSample: taken.firstSample)
    }

    /// The scores of all methods.
    package func summary(of records: [SampleRecord]) -> Summary { Summary(of: records, options: options) }
}

/// A photo to take, and of what.
package struct PlannedPhoto: Sendable, Hashable {
    var number: Int
    var source: ShapeEntry
}

/// All photos that are answered on one shape.
package struct PhotoJob: Sendable {
    var target: ShapeEntry
    var photos: [PlannedPhoto]
}

/// An experiment on photos of shapes, each of which has one to be answered on.
protocol PhotoExperiment: LabelledExperiment where Unit == Int, Record: PhotoRecord {
    associatedtype Prepared: Sendable

    /// Whether photos are worked on side by side, by one thread each; if not, all threads work on one after the other.
    static var isSideBySide: Bool { get }
    /// Who takes the photos.
    var evaluator: Evaluator { get }

    /// A shape with all that its photos have in common, made with all threads. Throws `Failure`.
    func prepared(_ entry: ShapeEntry) throws -> Prepared
    /// The records of a photo of `source`. Throws `Failure`.
    func records(of planned: PlannedPhoto, _ source: PhotoSource, on target: Prepared) throws -> [Record]
}

/// A shape that is photographed.
struct PhotoSource: Sendable {
    var shape: EvaluationShape
    var subject: PhotoSubject

    init(_ shape: EvaluationShape) throws {
        (self.shape, subject) = (shape, try PhotoSubject(mesh: shape.opened.scene.mesh))
    }
}

/// A photo that was taken, and its clicks.
struct TakenPhoto: Sendable {
    var photo: EvaluationPhoto
    var number: Int
    var source: EvaluationShape
    var clicks: ArraySlice<LabelledClick>
    var firstSample: Int
}

/// An experiment that asks about clicks in photos.
protocol ClickExperiment: PhotoExperiment {
    /// The records of a photo that was taken, made by one of many threads. Throws `Failure`.
    func records(of taken: TakenPhoto, on target: Prepared) throws -> [Record]
}

extension ClickExperiment {
    func records(of planned: PlannedPhoto, _ source: PhotoSource, on target: Prepared) throws -> [Record] {
        guard let photo = try evaluator.photo(of: source.shape, subject: source.subject, number: planned.number) else { return [] }
        let first = planned.number * evaluator.studio.clicks
        let clicks = photo.clicks.prefix(max(0, evaluator.options.samples - first))
        return try records(
            of: TakenPhoto(photo: photo, number: planned.number, source: source.shape, clicks: clicks, firstSample: first), on: target)
    }
}

/// A record of something in a photo.
package protocol PhotoRecord: LoggedRecord {
    /// The number of the photo.
    var photo: Int { get }
}

extension PhotoExperiment {
    package var ground: Subjects { evaluator.ground }
    package var choices: [any Encodable & Sendable] { [evaluator.options] }

    /// The photos of each shape; none of shapes that cannot be used.
    package func jobs(skipping skips: SkippedShapes) throws -> [Job<Int, Record>] {
        try evaluator.plan().map { job in
            Job(job.photos.map(\.number)) { left in
                guard let target = try skips.using(job.target, { try prepared(job.target) }) else { return [] }
                let photos = job.photos.filter { left.contains($0.number) }
                var sources: [ShapeEntry: PhotoSource] = [:]
                for entry in Set(photos.map(\.source)) { sources[entry] = try skips.using(entry) { try PhotoSource(ground.shape(entry)) } }
                let known = sources
                return try (Self.isSideBySide ? bench.parallelism : Parallelism(threads: 1)).map(photos.count) { index -> [Record] in
                    try known[photos[index].source].map { try records(of: photos[index], $0, on: target) } ?? []
                }.flatMap { $0 }
            }
        }
    }

    package func unit(of record: Record) -> Int { record.photo }

    static var isSideBySide: Bool { true }
}

extension Evaluator {
    /// Deals photos out to the shapes in turn, so that each shape has as many samples as any other.
    func plan() throws -> [PhotoJob] {
        let entries = ground.entries
        let categories = Dictionary(grouping: entries, by: \.category)
        let targets = options.protocolKind == .same ? entries : entries.filter { categories[$0.category]!.count > 1 }
        guard !targets.isEmpty else {
            throw Failure(
                .usage, "planning the evaluation", reason: "no category has two shapes", hint: "choose more shapes, or the protocol 'same'")
        }
        let count = (options.samples + studio.clicks - 1) / studio.clicks
        return targets.enumerated().map { index, target in
            let photos = stride(from: index, to: count, by: targets.count).map { number in
                PlannedPhoto(number: number, source: source(of: target, among: categories[target.category]!, number: number))
            }
            return PhotoJob(target: target, photos: photos)
        }.filter { !$0.photos.isEmpty }
    }

    private func source(of target: ShapeEntry, among shapes: [ShapeEntry], number: Int) -> ShapeEntry {
        let others = shapes.filter { $0 != target }
        guard options.protocolKind == .cross, !others.isEmpty else { return target }
        var generator = SeededGenerator(seed: options.seed ^ 0xC055, stream: UInt64(number))
        return others[generator.index(below: others.count)]
    }

    /// A planned photo: taken by the studio, or brought back by the user.
    func photo(of shape: EvaluationShape, subject: PhotoSubject, number: Int) throws -> EvaluationPhoto? {
        if let returned { return try returned.photo(number, of: shape) }
        return try studio.photo(of: shape, subject: subject, number: number)
    }
}

extension Workbench {
    /// Does something with one item after the other, and tells how far it is.
    func inTurn<Item>(_ stage: String, _ items: [Item], _ body: (Item) throws -> Void) rethrows {
        for (index, item) in items.enumerated() {
            progress(ProgressUpdate(stage: stage, done: index, total: items.count))
            try body(item)
        }
        progress(ProgressUpdate(stage: stage, done: items.count, total: items.count))
    }

    /// This workbench for one thread, without a cache for what is seen once, and quiet.
    var singleThreaded: Workbench {
        var worker = self
        worker.parallelism = Parallelism(threads: 1)
        worker.cache = CacheDirectory(path: nil)
        worker.progress = { _ in }
        return worker
    }
}
