import ArgumentParser
import BSBBackbones
import BSBBasics
import BSBImages
import BSBInteractiveSegmentation
import BSBRendering
import BSBShapes
import BSBWorkbench
import Foundation

/// Options that are written into settings.
protocol SettingsOptions {
    /// Writes the options into settings.
    func apply(to settings: inout Settings)
}

/// How results are told, and with how many threads they are made.
struct RunOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    @Option(help: ArgumentHelp("Threads to work with; all cores by default.", valueName: "count"))
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
    }

    var parallelism: Parallelism { Parallelism(threads: threads) }

    /// Prints a result, as JSON or in a sentence.
    func finish<Document: Encodable>(_ document: Document, _ summary: (Document) -> String) throws {
        if json { try Terminal.result(json: document) } else { Terminal.result(summary(document)) }
    }

    /// Prints a result, as JSON or in a sentence; ends with exit code 2 where nothing was found.
    func finish<Document: Encodable>(_ document: Document, found: Bool, _ summary: (Document) -> String) throws {
        try finish(document, summary)
        if !found { throw ExitCode(2) }
    }
}

/// The option on random choices.
struct SeedOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The seed of every random choice.", valueName: "number"))
    var seed: UInt64 = 0
}

/// Options on what is kept for the next run.
struct CacheOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where computed results are kept for the next run.", valueName: "folder"))
    var cache: String?

    @Flag(help: "Keep and use no computed results.")
    var noCache = false

    func validate() throws {
        if cache?.isEmpty == true { throw ValidationError("--cache is empty: name a folder, or give --no-cache.") }
    }

    var directory: CacheDirectory {
        CacheDirectory(path: noCache ? nil : cache ?? CacheDirectory.defaultPath) { Terminal.message("bsb: warning: \($0)") }
    }
}

/// Options of commands that run models on meshes.
struct CommonOptions: ParsableArguments {
    @OptionGroup var run: RunOptions
    @OptionGroup var seeding: SeedOptions
    @OptionGroup var caching: CacheOptions

    var json: Bool { run.json }
    var seed: UInt64 { seeding.seed }
    var threads: Int? { run.threads }

    /// The settings of a preset with the seed and with what groups of options say, a later one before an earlier one.
    func settings(_ preset: Preset, _ options: any SettingsOptions...) -> Settings {
        var settings = preset.settings
        settings.seed = seed
        for options in options { options.apply(to: &settings) }
        return settings
    }

    /// A workbench with the models of a choice.
    func workbench(_ settings: Settings, choice: ModelChoice, limit: MeshLimitOptions? = nil) throws -> Workbench {
        var bench = try Workbench(settings, choice, run, cache: caching.directory)
        if let limit { bench.meshReading = limit.reading }
        return bench
    }
}

extension Workbench {
    /// A workbench with the models of a choice that tells its progress on standard error.
    init(_ settings: Settings, _ choice: ModelChoice, _ run: RunOptions, cache: CacheDirectory) throws {
        self.init(
            try choice.load(threads: run.threads), settings: settings, cache: cache, parallelism: run.parallelism,
            progress: Terminal.progressReporter())
    }
}

/// The option on models and settings that belong together.
struct PresetOptions: ParsableArguments {
    @Option(help: "Models and settings that belong together; options that are given go before it.")
    var preset = Preset.fast
}

/// Options on the feature extractor.
struct FeatureModelOptions: ParsableArguments {
    @Option(
        name: .customLong("feature-model"),
        help: ArgumentHelp(
            "The feature extractor: a name of 'bsb models list', or an ONNX file; by default the embedded one.", valueName: "model"))
    var featureModel: String?

    @Option(help: ArgumentHelp("The longest side of the picture that it sees; by default as published.", valueName: "pixels"))
    var featureSide: Int?

    func validate() throws {
        if let featureSide, !(14...8192).contains(featureSide) {
            throw ValidationError("--feature-side must be between 14 and 8192.")
        }
        if featureSide != nil, featureModel == nil { throw ValidationError("--feature-side goes with --feature-model.") }
    }

    /// The extractor that is meant, beside the embedded segmenter.
    func choice(_ preset: Preset) -> ModelChoice {
        let usual = preset.models
        return ModelChoice(
            features: featureModel ?? usual.features, featureSide: featureModel == nil ? usual.featureSide : featureSide)
    }
}

/// The option on the segmenter.
struct SegmenterModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The segmenter: a name, a folder with an encoder and a decoder, or ENCODER.onnx,DECODER.onnx; by default the embedded one.",
            valueName: "model"))
    var segmenterModel: String?

    /// The segmenter that is meant, beside the embedded extractor.
    func choice(_ preset: Preset) -> ModelChoice { ModelChoice(segmenter: segmenterModel ?? preset.models.segmenter) }
}

/// Options on which image models are used.
struct ModelOptions: ParsableArguments {
    @OptionGroup var presets: PresetOptions
    @OptionGroup var features: FeatureModelOptions
    @OptionGroup var segmenter: SegmenterModelOptions

    var preset: Preset { presets.preset }

    /// The models that are meant.
    var choice: ModelChoice {
        var choice = features.choice(preset)
        choice.segmenter = segmenter.choice(preset).segmenter
        return choice
    }
}

/// The option on how sure the answers of models are.
struct CalibrationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("How sure answers of these models are: a file that 'bsb evaluate existence --fit' wrote.", valueName: "file"))
    var calibration: String?
}

/// Options on which image models match.
struct MatchingModelOptions: ParsableArguments {
    @OptionGroup var models: ModelOptions
    @OptionGroup var calibrated: CalibrationOptions

    var preset: Preset { models.preset }
    var calibration: String? { calibrated.calibration }

    /// The models that are meant.
    var choice: ModelChoice {
        var choice = models.choice
        choice.calibration = calibration
        return choice
    }
}

extension Normalisation.Method: ExpressibleByArgument {}
extension ViewPlan.Style: ExpressibleByArgument {}
extension UpAxis: ExpressibleByArgument {}
extension SolverKind: ExpressibleByArgument {}
extension Preset: ExpressibleByArgument {}
extension PhotoArea: ExpressibleByArgument {}

/// `--ignore-texture` and `--use-texture`.
extension SurfaceLook: EnumerableFlag {
    /// The flag of a look.
    public static func name(for value: SurfaceLook) -> NameSpecification {
        switch value {
        case .grey: .customLong("ignore-texture")
        case .texture: .customLong("use-texture")
        }
    }
}

extension Threshold: ExpressibleByArgument {}
extension MaskLevel: ExpressibleByArgument {}

/// A pixel given as `x,y`, with or without decimals.
extension Pixel: ExpressibleByArgument {
    /// Reads what the user typed.
    public init?(argument: String) {
        let words = argument.split(separator: ",", omittingEmptySubsequences: false)
        guard words.count == 2, words.allSatisfy({ $0.firstMatch(of: /^ *[-+]?([0-9]+\.?[0-9]*|\.[0-9]+) *$/) != nil }) else { return nil }
        let numbers = words.compactMap { Double($0.filter { $0 != " " }) }
        guard numbers.count == 2 else { return nil }
        self.init(containing: numbers[0], numbers[1])
    }
}

/// A box given as `x0,y0,x1,y1`.
extension Prompt.Box: ExpressibleByArgument {
    /// Reads what the user typed.
    public init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).compactMap { Float($0) }
        guard numbers.count == 4, numbers.allSatisfy(\.isFinite), numbers[0] < numbers[2], numbers[1] < numbers[3] else { return nil }
        self.init(low: [numbers[0], numbers[1]], high: [numbers[2], numbers[3]])
    }
}
