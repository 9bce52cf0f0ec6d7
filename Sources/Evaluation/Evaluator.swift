import BSBBackbones
import BSBBasics
import BSBPhotography
import BSBRendering
import BSBWorkbench
import Foundation

/// Measures how often clicks in photos of shapes are answered on the right part of a mesh.
package struct Evaluator: PhotoExperiment {
    package static let name = "success"
    package static let stage = "Evaluating"

    package let entries: [ShapeEntry]
    package let bench: Workbench
    let data: any LabelledDataSet
    let options: EvaluationOptions
    let studio: EvaluationStudio
    private let renderExtractor: (any FeatureExtractor)?
    private let returned: ReturnedPhotos?

    /// An evaluation on the shapes `entries` of a data set.
    ///
    /// - Parameter data: the data set.
    /// - Parameter entries: its shapes that take part.
    /// - Parameter options: what is measured, and how.
    /// - Parameter renderExtractor: what the baselines through a render match with, such as DIFT's own features; by default the
    ///   workbench's extractor.
    /// - Parameter returned: pictures to click in, instead of rendered ones; those of `exportDepth` with the same shapes and options.
    /// - Parameter bench: what it works with.
    package init(
        data: any LabelledDataSet, entries: [ShapeEntry], options: EvaluationOptions, renderExtractor: (any FeatureExtractor)? = nil,
        returned: ReturnedPhotos? = nil, at bench: Workbench
    ) {
        self.renderExtractor = renderExtractor
        self.returned = returned
        self.data = data
        self.entries = entries
        self.options = options
        self.bench = bench
        studio = EvaluationStudio(
            size: RasterSize(options.photoSize), sampling: options.sampling, clicks: max(1, options.clicksPerPhoto), seed: options.seed)
    }

    package var evaluator: Evaluator { self }
    package var models: [ModelIdentity] { bench.models + (renderExtractor.map { [$0.identity] } ?? []) }
    /// The options, and SHA-256 of the pictures that were brought back.
    package var choices: [any Encodable] { [options, returned.map { [$0.hash] } ?? []] }

    /// The records of all methods' answers in a job's photos; they are answered side by side.
    package func records(of job: PhotoJob, except finished: Set<Int>, skipping skips: SkippedShapes) throws -> [SampleRecord] {
        guard let target = try target(job.target, segments: options.segments, skipping: skips) else { return [] }
        let judge = SampleJudge(target: target, options: options, bench: bench.singleThreaded, renderExtractor: renderExtractor)
        return try eachPhoto(of: job, target: target.shape, except: finished, skipping: skips) { photo, planned, shape in
            let first = planned.number * studio.clicks
            return try judge.records(
                of: photo, clicks: min(photo.clicks.count, options.samples - first), number: planned.number, source: shape.entry.name,
                pose: shape.pose, firstSample: first)
        }
    }

    /// The scores of all methods.
    package func summary(of records: [SampleRecord]) -> EvaluationSummary { Summarizer().summary(of: records, options: options) }
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
package protocol PhotoExperiment: Experiment where Job == PhotoJob, Unit == Int, Record: PhotoRecord {
    /// Who takes the photos.
    var evaluator: Evaluator { get }
}

/// A record of something in a photo.
package protocol PhotoRecord: LoggedRecord {
    /// The number of the photo.
    var photo: Int { get }
}

extension PhotoExperiment {
    package var bench: Workbench { evaluator.bench }
    package var entries: [ShapeEntry] { evaluator.entries }
    package var choices: [any Encodable] { [evaluator.options] }

    package func jobs(skipping skips: SkippedShapes) throws -> [(job: PhotoJob, units: [Int])] {
        try evaluator.plan().map { ($0, $0.photos.map(\.number)) }
    }

    package func unit(of record: Record) -> Int { record.photo }
}

extension Evaluator {
    /// Deals photos out to the shapes in turn, so that each shape has as many samples as any other.
    func plan() throws -> [PhotoJob] {
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

    /// Takes the photos of a job that are not finished, side by side, and joins what `body` makes of them in order.
    func eachPhoto<T: Sendable>(
        of job: PhotoJob, target: EvaluationShape, except finished: Set<Int>, skipping skips: SkippedShapes,
        _ body: @Sendable (EvaluationPhoto, PlannedPhoto, EvaluationShape) throws -> [T]
    ) throws -> [T] {
        let photos = job.photos.filter { !finished.contains($0.number) }
        var sources: [ShapeEntry: (shape: EvaluationShape, subject: PhotoSubject)] = [:]
        for entry in Set(photos.map(\.source)) {
            sources[entry] = try skips.using(entry) {
                let shape = entry == job.target ? target : try shape(entry)
                return (shape, try PhotoSubject(mesh: shape.opened.scene.mesh))
            }
        }
        let known = sources
        return try bench.parallelism.map(photos.count) { index -> [T] in
            let planned = photos[index]
            guard let (shape, subject) = known[planned.source], let photo = try photo(of: shape, subject: subject, planned) else {
                return []
            }
            return try body(photo, planned, shape)
        }.flatMap { $0 }
    }

    /// A planned photo: taken by the studio, or brought back by the user.
    func photo(of shape: EvaluationShape, subject: PhotoSubject, _ planned: PlannedPhoto) throws -> EvaluationPhoto? {
        if let returned { return try returned.photo(planned.number, of: shape) }
        return try studio.photo(of: shape, subject: subject, number: planned.number)
    }

    /// A shape that is answered on, prepared with all threads; nil if it cannot be used.
    func target(_ entry: ShapeEntry, segments: Bool, skipping skips: SkippedShapes) throws -> TargetMesh? {
        try skips.using(entry) { try TargetMesh(shape(entry), segments: segments, at: bench) }
    }

    /// A shape of the data set, ready to be photographed and judged by.
    func shape(_ entry: ShapeEntry) throws -> EvaluationShape {
        try EvaluationShape(try data.shape(entry), settings: bench.settings)
    }
}

extension Workbench {
    /// This workbench for one thread, without a cache for what is seen once, and quiet.
    var singleThreaded: Workbench {
        var worker = self
        worker.parallelism = Parallelism(threads: 1)
        worker.cache = CacheDirectory(path: nil)
        worker.progress = { _ in }
        return worker
    }
}
