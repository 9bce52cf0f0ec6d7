import BSBBackbones
import BSBBasics
import BSBPhotography
import BSBRendering
import BSBWorkbench
import Foundation

/// Measures how often clicks in photos of shapes are answered on the right part of a mesh.
package struct Evaluator: Sendable {
    let data: any LabelledDataSet
    let entries: [ShapeEntry]
    let options: EvaluationOptions
    let bench: Workbench
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

    /// What decides the samples.
    private struct Description: Encodable {
        var options: EvaluationOptions
        var settings: Settings
        var models: [ModelIdentity]
        var shapes: [String]
        /// SHA-256 of the pictures that were brought back.
        var returned: String?
    }

    /// Runs what is not yet in `folder` and returns all samples, in order.
    ///
    /// Meshes are prepared one after the other with all threads; then the photos that are answered on a mesh are taken and answered side
    /// by side. Samples do not depend on the number of threads, nor on what was measured before.
    /// - Throws: `Failure` if a shape cannot be read, a model cannot be run, or the folder is another evaluation's.
    package func run(folder: String) throws -> [SampleRecord] {
        let description = Description(
            options: options, settings: bench.settings,
            models: bench.models + (renderExtractor.map { [$0.identity] } ?? []),
            shapes: entries.map(\.name), returned: returned?.hash)
        var log = try SampleLog<SampleRecord>(folder: folder, description: description)
        let finished = Set(log.records.map(\.photo))
        let work = try plan().filter { !$0.photos.allSatisfy { finished.contains($0.number) } }
        let total = work.reduce(0) { $0 + $1.photos.count }
        var done = 0
        for job in work {
            bench.progress(ProgressUpdate(stage: "Evaluating", done: done, total: total))
            try log.add(samples(of: job, except: finished))
            done += job.photos.count
        }
        bench.progress(ProgressUpdate(stage: "Evaluating", done: total, total: total))
        return log.records
    }

    /// A photo to take, and of what.
    struct PlannedPhoto: Sendable, Hashable {
        var number: Int
        var source: ShapeEntry
    }

    /// All photos that are answered on one shape.
    struct TargetJob: Sendable {
        var target: ShapeEntry
        var photos: [PlannedPhoto]
    }

    /// Deals photos out to the shapes in turn, so that each shape has as many samples as any other.
    func plan() throws -> [TargetJob] {
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
            return TargetJob(target: target, photos: photos)
        }.filter { !$0.photos.isEmpty }
    }

    private func source(of target: ShapeEntry, among shapes: [ShapeEntry], number: Int) -> ShapeEntry {
        let others = shapes.filter { $0 != target }
        guard options.protocolKind == .cross, !others.isEmpty else { return target }
        var generator = SeededGenerator(seed: options.seed ^ 0xC055, stream: UInt64(number))
        return others[generator.index(below: others.count)]
    }

    private func samples(of job: TargetJob, except finished: Set<Int>) throws -> [SampleRecord] {
        let target = try target(job.target, segments: options.segments)
        let judge = SampleJudge(target: target, options: options, bench: bench.singleThreaded, renderExtractor: renderExtractor)
        return try eachPhoto(of: job, target: target.shape, except: finished) { photo, planned, shape in
            let first = planned.number * studio.clicks
            return try judge.records(
                of: photo, clicks: min(photo.clicks.count, options.samples - first), number: planned.number, source: shape.entry.name,
                pose: shape.pose, firstSample: first)
        }
    }

    /// Does, job by job, what is not yet in the log of `folder`, and returns all records, in order.
    ///
    /// `body` makes the records of a job's photos but the finished ones.
    func finish<Record: LoggedRecord>(
        folder: String, description: some Encodable, stage: String, _ body: (TargetJob, Set<Int>) throws -> [Record]
    ) throws -> [Record] {
        var log = try SampleLog<Record>(folder: folder, description: description)
        let finished = Set(log.records.map(\.photo))
        let work = try plan()
        for (index, job) in work.enumerated() {
            bench.progress(ProgressUpdate(stage: stage, done: index, total: work.count))
            if !job.photos.allSatisfy({ finished.contains($0.number) }) { try log.add(body(job, finished)) }
        }
        bench.progress(ProgressUpdate(stage: stage, done: work.count, total: work.count))
        return log.records
    }

    /// Takes the photos of a job that are not finished, side by side, and joins what `body` makes of them in order.
    func eachPhoto<T: Sendable>(
        of job: TargetJob, target: EvaluationShape, except finished: Set<Int>,
        _ body: @Sendable (EvaluationPhoto, PlannedPhoto, EvaluationShape) throws -> [T]
    ) throws -> [T] {
        let photos = job.photos.filter { !finished.contains($0.number) }
        var sources: [ShapeEntry: (shape: EvaluationShape, subject: PhotoSubject)] = [:]
        for entry in Set(photos.map(\.source)) {
            let shape = entry == job.target ? target : try shape(entry)
            sources[entry] = (shape, try PhotoSubject(mesh: shape.opened.scene.mesh))
        }
        let known = sources
        return try bench.parallelism.map(photos.count) { index -> [T] in
            let planned = photos[index]
            let (shape, subject) = known[planned.source]!
            guard let photo = try photo(of: shape, subject: subject, planned) else { return [] }
            return try body(photo, planned, shape)
        }.flatMap { $0 }
    }

    /// A planned photo: taken by the studio, or brought back by the user.
    func photo(of shape: EvaluationShape, subject: PhotoSubject, _ planned: PlannedPhoto) throws -> EvaluationPhoto? {
        if let returned { return try returned.photo(planned.number, of: shape) }
        return try studio.photo(of: shape, subject: subject, number: planned.number)
    }

    /// A shape that is answered on, prepared with all threads.
    func target(_ entry: ShapeEntry, segments: Bool) throws -> TargetMesh {
        try TargetMesh(shape(entry), segments: segments, at: bench)
    }

    /// A shape of the data set, ready to be photographed and judged by.
    func shape(_ entry: ShapeEntry) throws -> EvaluationShape {
        try EvaluationShape(try data.shape(entry), settings: bench.settings)
    }
}
