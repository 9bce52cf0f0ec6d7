import BSBBackbones
import BSBBasics
import BSBImages
import BSBWorkbench
import Foundation

/// Measures how often clicks in real photos are answered on the right part of the meshes of their category.
package struct PhotoEvaluator: Sendable {
    private let data: any LabelledDataSet
    private let entries: [ShapeEntry]
    private let clicks: PhotoClicks
    private let options: EvaluationOptions
    private let bench: Workbench

    /// An evaluation of clicks on the shapes `entries` of a data set.
    package init(data: any LabelledDataSet, entries: [ShapeEntry], clicks: PhotoClicks, options: EvaluationOptions, at bench: Workbench) {
        self.data = data
        self.entries = entries
        self.clicks = clicks
        self.options = options
        self.bench = bench
    }

    private struct Description: Encodable {
        var settings: Settings
        var models: [ModelIdentity]
        var shapes: [String]
        var photos: PhotoClicks
        var segments: Bool
    }

    /// Answers every click on every shape of its photo's category; what is in `folder` already is kept.
    ///
    /// Throws `Failure` if a file cannot be read, a click is outside its photo, or no photo is of a category of the shapes.
    package func run(folder: String) throws -> [SampleRecord] {
        let description = Description(
            settings: bench.settings, models: bench.models, shapes: entries.map(\.name),
            photos: clicks, segments: options.segments)
        let targets = entries.filter { entry in clicks.photos.contains { $0.category == entry.category } }
        guard !targets.isEmpty else {
            throw Failure(.usage, "planning the evaluation", reason: "no photo is of a category of the chosen shapes")
        }
        var log = try SampleLog<SampleRecord>(folder: folder, description: description)
        let finished = Set(log.records.map(\.target))
        var firstSample = 0
        for (index, target) in targets.enumerated() {
            bench.progress(ProgressUpdate(stage: "Evaluating", done: index, total: targets.count))
            let photos = clicks.photos.indices.filter { clicks.photos[$0].category == target.category }
            if !finished.contains(target.name) { try log.add(samples(on: target, photos: photos, firstSample: firstSample)) }
            firstSample += photos.reduce(0) { $0 + clicks.photos[$1].clicks.count }
        }
        bench.progress(ProgressUpdate(stage: "Evaluating", done: targets.count, total: targets.count))
        return log.records
    }

    private func samples(on target: ShapeEntry, photos: [Int], firstSample: Int) throws -> [SampleRecord] {
        let shape = try EvaluationShape(try data.shape(target), settings: bench.settings)
        let mesh = try TargetMesh(shape, segments: options.segments, at: bench)
        let worker = bench.singleThreaded
        let offsets = photos.reduce(into: [firstSample]) { $0.append($0.last! + clicks.photos[$1].clicks.count) }
        return try bench.parallelism.map(photos.count) { index -> [SampleRecord] in
            let photo = clicks.photos[photos[index]]
            let picture = EvaluationPhoto(image: try Image(contentsOf: photo.image), clicks: photo.clicks, camera: nil, partMasks: [])
            return try SampleJudge(target: mesh, options: options, bench: worker)
                .records(of: picture, clicks: photo.clicks.count, number: photos[index], source: photo.image, firstSample: offsets[index])
        }.flatMap { $0 }
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
