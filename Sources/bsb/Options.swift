import ArgumentParser
import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBResults
import BSBShapes
import BSBWorkbench
import Foundation

/// Options that every command that runs models has.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    @Option(help: ArgumentHelp("The seed of every random choice.", valueName: "number"))
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("Threads to work with; all cores by default.", valueName: "count"))
    var threads: Int?

    @Option(help: ArgumentHelp("Where computed results are kept for the next run.", valueName: "folder"))
    var cache: String?

    @Flag(help: "Keep and use no computed results.")
    var noCache = false

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
        if cache?.isEmpty == true { throw ValidationError("--cache is empty: name a folder, or give --no-cache.") }
    }

    var parallelism: Parallelism { Parallelism(threads: threads) }

    /// The settings of the preset that the options name, with the seed, and with how the mesh is looked at.
    func settings(_ models: ModelOptions, _ mesh: MeshOptions? = nil) -> Settings {
        var settings = models.preset.settings
        settings.seed = seed
        mesh?.apply(to: &settings)
        return settings
    }

    /// A workbench with the models and the settings that the options name.
    func workbench(_ models: ModelOptions, _ mesh: MeshOptions) throws -> Workbench {
        try workbench(settings(models, mesh), models: models, mesh: mesh)
    }

    /// A workbench with the models that the options name.
    func workbench(_ settings: Settings, models: ModelOptions, mesh: MeshOptions? = nil) throws -> Workbench {
        var bench = try workbench(settings, choice: models.choice)
        if let mesh { bench.meshReading = mesh.limit.reading }
        return bench
    }

    /// A workbench with the models of a choice, the embedded ones by default.
    func workbench(_ settings: Settings, choice: ModelChoice = ModelChoice()) throws -> Workbench {
        let folder = noCache ? nil : cache ?? CacheDirectory.defaultPath
        let models = try choice.load(threads: threads)
        return Workbench(
            extractor: models.extractor, segmenter: models.segmenter, settings: settings,
            cache: CacheDirectory(path: folder) { Terminal.message("bsb: warning: \($0)") }, parallelism: parallelism,
            progress: Terminal.progressReporter())
    }
}

/// Options on which image models are used.
struct ModelOptions: ParsableArguments {
    @Option(help: "Models and settings that belong together; options that are given go before it.")
    var preset = Preset.fast

    @Option(
        name: .customLong("feature-model"),
        help: ArgumentHelp(
            "The feature extractor: a name of 'bsb models list', or an ONNX file; by default the embedded one.", valueName: "model"))
    var featureModel: String?

    @Option(help: ArgumentHelp("The longest side of the picture that it sees; by default as published.", valueName: "pixels"))
    var featureSide: Int?

    @Option(
        help: ArgumentHelp(
            "The segmenter: a name, a folder with an encoder and a decoder, or ENCODER.onnx,DECODER.onnx; by default the embedded one.",
            valueName: "model"))
    var segmenterModel: String?

    func validate() throws {
        if let featureSide, !(14...8192).contains(featureSide) {
            throw ValidationError("--feature-side must be between 14 and 8192.")
        }
        if featureSide != nil, featureModel == nil { throw ValidationError("--feature-side goes with --feature-model.") }
    }

    /// The models that are meant.
    var choice: ModelChoice {
        let usual = preset.models
        return ModelChoice(
            features: featureModel ?? usual.features, featureSide: featureModel == nil ? usual.featureSide : featureSide,
            segmenter: segmenterModel ?? usual.segmenter)
    }
}

/// The option on how much may be made of a mesh file.
struct MeshLimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The most faces that a mesh file may give.", valueName: "count"))
    var maxFaces = MeshReadingOptions().maximumFaces

    func validate() throws {
        guard maxFaces >= 1 else { throw ValidationError("--max-faces must be at least 1.") }
    }

    /// The option as the library takes it.
    var reading: MeshReadingOptions { MeshReadingOptions(maximumFaces: maxFaces) }
}

/// Options on how a mesh is read and looked at.
struct MeshOptions: ParsableArguments {
    @OptionGroup var limit: MeshLimitOptions

    @Option(help: "How the mesh is scaled into the unit sphere.")
    var normalisation = Normalisation.Method.vertexMean

    @Option(help: ArgumentHelp("Views from which features are lifted onto the mesh.", valueName: "count"))
    var views: Int?

    @Option(help: ArgumentHelp("Views in which parts of the mesh are segmented; by default 96.", valueName: "count"))
    var segmentViews: Int?

    @Option(help: "How the mesh is looked at: evenly and from both sides (default), or as the paper's code does.")
    var viewStyle: ViewPlan.Style?

    @Option(help: "How features are fitted to the surface: a sparse linear system (default), or the paper's network.")
    var solver: SolverKind?

    @Flag(help: "Look at the mesh in grey, or in the colours of its vertices, materials and pictures.")
    var surface = SurfaceLook.grey

    func validate() throws {
        if let views, !(1...100_000).contains(views) { throw ValidationError("--views must be between 1 and 100000.") }
        if let segmentViews, !(1...100_000).contains(segmentViews) {
            throw ValidationError("--segment-views must be between 1 and 100000.")
        }
    }

    /// Writes the options into settings.
    func apply(to settings: inout Settings) {
        settings.normalisation = normalisation
        settings.surface = surface
        if let solver { settings.solver = solver }
        if let viewStyle { (settings.featureViews.style, settings.segmentViews.style) = (viewStyle, viewStyle) }
        if let views { settings.featureViews.count = views }
        if let segmentViews { settings.segmentViews.count = segmentViews }
    }
}

/// Options on how a part of the mesh is found without a decoder.
struct LiftOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The most views that the segmenter is asked about for one part, without a decoder; fewer are quicker and rougher.",
            valueName: "count"))
    var liftViews = Settings().lifting.views

    func validate() throws {
        guard (1...100_000).contains(liftViews) else { throw ValidationError("--lift-views must be between 1 and 100000.") }
    }

    /// Writes the options into settings.
    func apply(to settings: inout Settings) {
        settings.lifting.views = liftViews
    }
}

extension Normalisation.Method: ExpressibleByArgument {}
extension ViewPlan.Style: ExpressibleByArgument {}
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

extension ThresholdKind: ExpressibleByArgument {}
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
