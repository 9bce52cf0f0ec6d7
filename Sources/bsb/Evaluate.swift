import ArgumentParser
import BSBBasics
import BSBCorrespondence
import BSBEvaluation
import BSBWorkbench
import Foundation

/// `bsb evaluate`: how often clicks are answered on the right part, by this method and by others.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how often clicks in photos are answered on the right part of labelled meshes.",
        discussion: "docs/evaluation.md says what is measured and how.",
        subcommands: [
            EvaluateSuccess.self, EvaluatePhotos.self, EvaluateExistence.self, EvaluateAblations.self, EvaluateInvariance.self,
            EvaluateClickMap.self, EvaluateExportDepth.self, EvaluateSegments.self, EvaluateReverse.self, EvaluateRelate.self,
            EvaluateKeypoints.self, EvaluateDense.self, EvaluateTransfer.self, EvaluateVideo.self, EvaluateLibrary.self,
            EvaluateLibraryPhotos.self, EvaluateLabels.self, EvaluateQuestions.self, EvaluateScore.self, EvaluateAll.self,
        ],
        defaultSubcommand: EvaluateSuccess.self)
}

/// Which labelled meshes are used.
struct DataSetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of labelled meshes.", valueName: "folder"))
    var data: String

    @Option(help: "The layout of the folder.")
    var format = DataSetFormat.princeton

    @Option(
        help: ArgumentHelp(
            "How deep in the hierarchy of PartNet or 3DCoMPaT labels are taken: 1 is the coarsest, 0 the leaves.", valueName: "depth"))
    var level = 1

    @Option(help: ArgumentHelp("A table of category, id and subset.", valueName: "file"))
    var split: String?

    @Option(help: ArgumentHelp("The subset of the table that is used.", valueName: "name"))
    var subset = "validation"

    @Option(help: ArgumentHelp("Only these categories, separated by commas.", valueName: "names"))
    var categories: String?

    /// Opens the data set and chooses its shapes, to be measured at a workbench.
    func open(at bench: Workbench, features: GivenFeatures? = nil) throws -> Subjects {
        let (set, entries) = try shapes()
        return Subjects(set, entries, at: bench, features: features)
    }

    /// Opens the data set and chooses its shapes.
    func shapes() throws -> (set: any LabelledDataSet, entries: [ShapeEntry]) {
        let set = try format.open(data, level: level)
        var entries = set.entries
        if let split { entries = try SplitTable(contentsOf: split).entries(of: subset, among: entries) }
        guard let categories else { return (set, entries) }
        let names = Set(categories.split(separator: ",").map(String.init))
        let chosen = entries.filter { names.contains($0.category) }
        guard !chosen.isEmpty else {
            throw Failure(
                .usage, "choosing shapes", reason: "there is no shape of the categories \(categories)",
                hint: "there are \(Set(entries.map(\.category)).sorted().joined(separator: ", "))")
        }
        return (set, chosen)
    }
}

/// How many clicks are made and how.
struct SamplingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Clicks in all.", valueName: "count"))
    var samples = 1000

    @Option(help: ArgumentHelp("Width and height of photos.", valueName: "pixels"))
    var photoSize = 320

    @Option(help: "How clicked vertices are drawn: by area, each as likely as any other, or each visible part as likely as any other.")
    var sampling = VertexSampling.area

    func validate() throws {
        guard (1...10_000_000).contains(samples) else { throw ValidationError("--samples must be between 1 and 10000000.") }
        guard (32...4096).contains(photoSize) else { throw ValidationError("--photo-size must be between 32 and 4096.") }
    }

    /// The options of an evaluation with these.
    func evaluation(seed: UInt64) -> EvaluationOptions {
        var options = EvaluationOptions()
        options.samples = samples
        options.seed = seed
        options.photoSize = photoSize
        options.sampling = sampling
        return options
    }
}

/// How many clicks share a photo.
struct SharedPhotoOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Clicks that share a photo, and with it what models make of it; by default \(Self.usual), where many things are done with each \(Self.usualOfMany).",
            valueName: "count"))
    var clicksPerPhoto: Int?

    static let usual = EvaluationOptions().clicksPerPhoto
    static let usualOfMany = 4

    func validate() throws {
        guard (1...1000).contains(clicksPerPhoto ?? 1) else { throw ValidationError("--clicks-per-photo must be between 1 and 1000.") }
    }
}

/// `bsb evaluate success`, the default: rendered photos of the meshes.
struct EvaluateSuccess: MatchingCommand {
    static let file = "summary"
    static let configuration = CommandConfiguration(
        commandName: "success",
        abstract: "Click in photo-like renders, as the paper does; or in those of another shape of the category.",
        discussion: """
            Example: bsb evaluate --data labeled-meshes --split Training/split.csv --samples 1000 --output evaluation
            Writes samples.jsonl, summary.json, summary.md and report.html; a run that is cut short goes on where it was.
            """)

    @OptionGroup var given: MeasurementOptions
    @OptionGroup(title: "Models") var calibrated: CalibrationOptions
    @OptionGroup(title: "Clicks") var clicks: ClickOptions

    @Flag(inversion: .prefixedNo, help: "Make the 3D segment of each answer and compare it with the label.")
    var segments = true

    @Flag(inversion: .prefixedNo, help: "Run the baselines that match through a render of the mesh.")
    var renderBaselines = true

    @Option(
        help: ArgumentHelp(
            "Features for the baselines that match through a render, such as dift-sd21: a name or an ONNX file; by default the method's own.",
            valueName: "model"))
    var renderModel: String?

    @Option(
        help: ArgumentHelp(
            "Features of another program, .npy files of the photos and meshes of 'bsb evaluate questions': docs/your-own-method.md.",
            valueName: "folder"))
    var features: String?

    @Option(
        help: ArgumentHelp("Pictures to click in, made from the depth maps of export-depth, with its photos.json.", valueName: "folder"))
    var photos: String?

    @Option(help: ArgumentHelp("Right and wrong answers pictured in the report, each.", valueName: "count"))
    var gallery = 24

    func validate() throws {
        guard renderModel == nil || renderBaselines else {
            throw ValidationError("--render-model is for the baselines that --no-render-baselines leaves out.")
        }
        guard features == nil || renderModel == nil && photos == nil && !renderBaselines else {
            throw ValidationError("--features needs --no-render-baselines, since there are none of renders, and no --photos.")
        }
        guard (0...1000).contains(gallery) else { throw ValidationError("--gallery must be between 0 and 1000.") }
    }

    func experiment() throws -> Evaluator {
        // A model that is missing is told before the data are opened.
        let extractor = try renderModel.map { try ModelChoice(features: $0).loadExtractor(threads: given.common.threads) }
        var options = clicks.evaluation(seed: given.common.seed, clicksPerPhoto: SharedPhotoOptions.usual)
        (options.segments, options.renderBaselines) = (segments, renderBaselines)
        return Evaluator(
            try open(), options: options, renderExtractor: extractor, returned: try photos.map { try ReturnedPhotos(contentsOf: $0) })
    }

    func open() throws -> Subjects {
        try given.open(calibration: calibrated.calibration, features: features.map { try GivenFeatures($0) })
    }

    func finish(_ experiment: Evaluator, _ records: [SampleRecord], _ summary: Summary, _ head: SummaryHead) throws {
        let report = EvaluationReport(summary, head, of: records, gallery: try experiment.gallery(of: records, count: gallery))
        try AtomicFile.write(report.html, to: "\(output)/report.html", operation: "writing the report")
    }
}

/// `bsb evaluate photos`: real photos.
struct EvaluatePhotos: MatchingCommand {
    static let file = "summary"
    static let configuration = configured("Click in real photos whose parts are known.")

    @OptionGroup var given: MeasurementOptions
    @OptionGroup(title: "Models") var calibrated: CalibrationOptions

    @Option(help: ArgumentHelp("The photos and their clicks.", valueName: "json"))
    var clicks: String

    @Flag(inversion: .prefixedNo, help: "Make the 3D segment of each answer and compare it with the label.")
    var segments = true

    func experiment() throws -> PhotoEvaluator {
        var options = EvaluationOptions()
        options.protocolKind = .photos
        options.segments = segments
        options.seed = given.common.seed
        return PhotoEvaluator(try open(), clicks: try PhotoClicks(contentsOf: clicks), options: options)
    }
}

/// `bsb evaluate existence`: parts that the mesh lacks.
struct EvaluateExistence: MatchingCommand, FittingCommand {
    static let configuration = configured(
        "Click on parts that were cut out of the mesh, and on painted-on things.",
        more: """
            --fit makes the score of the models that result.json reports, for --calibration: \
            bsb evaluate existence --data labeled-meshes --split Training/split.csv --samples 204 --output existence \
            --fit calibrations.json
            --real-photos object-masks --kinds Training/kinds.json asks about real photos; --pool fits to several such runs.
            """)

    @OptionGroup var given: MeasurementOptions
    @OptionGroup(title: "Models") var calibrated: CalibrationOptions
    @OptionGroup(title: "Clicks") var sampling: SamplingOptions

    @OptionGroup(title: "Output") var fitting: FitOptions

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Outputs of earlier runs with these models on other shapes, to fit to as well.", valueName: "folder"))
    var pool: [String] = []

    @Option(
        help: ArgumentHelp(
            "Click on objects in real photos instead, one of the shape's kind and one of another: a folder of folders of photos with masks.",
            valueName: "folder"))
    var realPhotos: String?

    @Option(help: ArgumentHelp("The table of kinds, for --real-photos.", valueName: "file"))
    var kinds: String?

    func validate() throws {
        guard (realPhotos == nil) == (kinds == nil) else { throw ValidationError("--real-photos and --kinds go together.") }
    }

    func experiment() throws -> ExistenceEvaluator {
        try fitting.check()
        let photos = try realPhotos.map { try KindPhotos(in: $0, KindTable(contentsOf: kinds ?? "")) }
        return try ExistenceEvaluator(open(), options: sampling.evaluation(seed: given.common.seed), photos: photos, pool: pool)
    }
}

/// Where a fitted calibration goes.
struct FitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where to write the calibration that fits best, for --calibration; others in the file are kept.", valueName: "file"))
    var fit: String?

    /// Tells before the work if something else is where the calibration is to go.
    ///
    /// Throws `Failure`.
    func check() throws { _ = try table() }

    private func table() throws -> CalibrationTable {
        guard let fit, Folder.exists(fit) else { return CalibrationTable() }
        return try CalibrationTable(contentsOf: fit)
    }

    /// Writes a calibration, if that is wanted, beside the others of the file.
    ///
    /// Throws `Failure` if there is none, or the file cannot be written.
    func write(_ fitted: ExistenceCalibration?) throws {
        guard let fit else { return }
        guard var fitted else {
            throw Failure(.usage, "fitting the existence score", reason: "there are not clicks of both kinds", hint: "raise --samples")
        }
        fitted.command = RunOptions.commandLine
        var table = try table()
        table.add(fitted)
        try AtomicFile.write(try JSONText.data(table) + Data("\n".utf8), to: fit, operation: "writing the calibration")
    }
}

extension DataSetFormat: ExpressibleByArgument {}
extension VertexSampling: ExpressibleByArgument {}

/// Of rendered photos: real ones have commands of their own.
extension EvaluationOptions.ProtocolKind: ExpressibleByArgument {
    package static var allValueStrings: [String] { [same, cross].map(\.rawValue) }

    package init?(argument: String) {
        guard Self.allValueStrings.contains(argument) else { return nil }
        self.init(rawValue: argument)
    }
}
