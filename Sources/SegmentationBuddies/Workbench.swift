import Backbones
import Basics
import Correspondence
import Foundation
import Logging

/// How far a stage of the work is.
public struct ProgressUpdate: Sendable, Hashable {
    /// What is being done, in words.
    public var stage: String
    /// Steps done.
    public var done: Int
    /// Steps in all.
    public var total: Int

    /// `done` of `total` steps of `stage`.
    public init(stage: String, done: Int, total: Int) {
        self.stage = stage
        self.done = done
        self.total = total
    }
}

/// Everything a job works with: models, settings, cache, threads, and where to report to.
public struct Workbench: Sendable {
    /// Turns pictures into features.
    public var extractor: any FeatureExtractor
    /// Turns clicks into masks.
    public var segmenter: any PromptSegmenter
    /// Everything that decides a result but the inputs and the models.
    public var settings: Settings
    /// Where results are kept for the next run.
    public var cache: CacheDirectory
    /// The threads to work with.
    public var parallelism: Parallelism
    /// Called from any thread.
    public var progress: @Sendable (ProgressUpdate) -> Void

    /// A workbench of the given parts.
    public init(
        extractor: any FeatureExtractor, segmenter: any PromptSegmenter, settings: Settings = Settings(), cache: CacheDirectory,
        parallelism: Parallelism = Parallelism(), progress: @escaping @Sendable (ProgressUpdate) -> Void = { _ in }
    ) {
        self.extractor = extractor
        self.segmenter = segmenter
        self.settings = settings
        self.cache = cache
        self.parallelism = parallelism
        self.progress = progress
    }

    /// What sees photos, after the settings.
    ///
    /// Throws `Failure(.badInput)` if the extractor takes one size only and several are asked for.
    var photoExtractor: any FeatureExtractor {
        get throws { try looking(isMirrored: settings.mirrorsPhoto) ?? extractor.interpolatingAsPublished }
    }

    /// What sees views of the mesh, after the settings.
    ///
    /// Throws like `photoExtractor`.
    var viewExtractor: any FeatureExtractor {
        get throws { try looking(isMirrored: settings.mirrorsViews) ?? extractor }
    }

    private func looking(isMirrored: Bool) throws -> (any FeatureExtractor)? {
        guard isMirrored || settings.featureScales != [1] else { return nil }
        return try AugmentedFeatureExtractor(extractor, isMirrored: isMirrored, scales: settings.featureScales)
    }

    /// What matches clicks, after the settings.
    ///
    /// It tells how likely the part is there with the models and settings that this is known for; how often and in how many sizes they look
    /// changes that little. With others a least probability cannot be asked for: then the published rule decides, that some candidate leads
    /// back into the part.
    public var matcher: SegmentationBuddyMatcher {
        var usual = Settings().matching
        usual.minimumExistence = settings.matching.minimumExistence
        usual.minimumIoU = settings.matching.minimumIoU
        let known = settings.matching == usual ? calibration(.photoToShape) : nil
        var options = settings.matching
        if known == nil, options.minimumExistence > 0 { options.choice.outsiders = .refused }
        return SegmentationBuddyMatcher(segmenter: segmenter, options: options, calibration: known, parallelism: parallelism)
    }

    /// What matches vertices, after the settings; what holds for `matcher` holds for it.
    public var pixelMatcher: PixelBuddyMatcher {
        var usual = Settings().pixelMatching
        usual.minimumExistence = settings.pixelMatching.minimumExistence
        usual.minimumIoU = settings.pixelMatching.minimumIoU
        usual.segmentLimit = settings.pixelMatching.segmentLimit
        let known = settings.pixelMatching == usual ? calibration(.shapeToPhoto) : nil
        var options = settings.pixelMatching
        if known == nil, options.minimumExistence > 0 { options.acceptsOutsiders = false }
        return PixelBuddyMatcher(options: options, calibration: known, parallelism: parallelism)
    }

    /// The score of existence for these models, where photos are looked at as it was made for.
    private func calibration(_ direction: MatchDirection) -> ExistenceCalibration? {
        let usual = Settings()
        guard (settings.photoArea, settings.mirrorsPhoto) == (usual.photoArea, usual.mirrorsPhoto) else { return nil }
        return ExistenceCalibration.known(direction, extractor: extractor.identity, segmenter: segmenter.identity)
    }

    /// Runs `count` steps of a stage on all threads, reporting after each; results are in order.
    func stage<T: Sendable>(_ name: String, _ count: Int, _ body: @Sendable (Int) throws -> T) throws -> [T] {
        let counter = StepCounter(name: name, total: count, progress: progress)
        return try parallelism.map(count) { step in
            let result = try body(step)
            counter.finishedStep()
            return result
        }
    }
}

/// Counts finished steps and reports them in order.
private final class StepCounter: @unchecked Sendable {
    private let lock = NSLock()
    private var update: ProgressUpdate
    private let progress: @Sendable (ProgressUpdate) -> Void

    init(name: String, total: Int, progress: @escaping @Sendable (ProgressUpdate) -> Void) {
        update = ProgressUpdate(stage: name, done: 0, total: total)
        self.progress = progress
        if total > 0 { progress(update) }
    }

    func finishedStep() {
        lock.lock()
        defer { lock.unlock() }
        update.done += 1
        progress(update)
    }
}

/// Measures stages of a job in seconds.
struct Stopwatch {
    private(set) var seconds: [String: Double] = [:]

    /// Runs `body` and adds its time to that of `stage`.
    mutating func measure<T>(_ stage: String, _ body: () throws -> T) rethrows -> T {
        let start = DispatchTime.now().uptimeNanoseconds
        defer { seconds[stage, default: 0] += Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 }
        return try body()
    }
}

/// JSON as this program writes it: sorted keys, readable, without escaped slashes.
public enum JSONText {
    /// The JSON text of a value, in UTF-8.
    public static func data(_ value: some Encodable, pretty: Bool = true) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(value)
        } catch {
            throw Failure(.internal, "writing JSON", reason: "\(error)")
        }
    }
}
