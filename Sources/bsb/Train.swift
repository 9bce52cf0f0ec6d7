import ArgumentParser
import BSBAnswering
import BSBInteractiveSegmentation
import BSBResults
import BSBWorkbench
import Foundation

/// `bsb train`: a click decoder for one mesh.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a mesh's click decoder, so that a click is answered by one run of a small network.",
        discussion: """
            A training that was stopped goes on where it was when the same command is given again.
            The decoder stays in the cache, where 'bsb segment' and 'bsb match' find it.
            """)

    @Argument(help: ArgumentHelp("The mesh: OBJ, OFF, PLY, STL, GLB or glTF.", valueName: "file"))
    var mesh: String

    @Option(
        help: ArgumentHelp("Where to write decoder.safetensors, loss.png, loss.csv, manifest.json and train.json.", valueName: "folder"))
    var output: String?

    @Option(help: "The sizes of the network: small and quick, or as published.")
    var architecture: DecoderTrainingOptions.Architecture?

    @Option(
        help: ArgumentHelp(
            "What to learn: the parts that the training-free lift makes of clicks (the default of the small network), the segmenter's masks in one set of views, or, as published, its masks in a random view for each click, which takes hours.",
            valueName: "signal"))
    var learnFrom: LearningSignal?

    @Option(help: ArgumentHelp("The most prompts with one click.", valueName: "count"))
    var prompts: Int?

    @Option(help: ArgumentHelp("The most steps of training.", valueName: "count"))
    var steps: Int?

    @Flag(inversion: .prefixedNo, help: "Where masks are learned, also learn from further clicks, wanted and unwanted.")
    var secondClicks = true

    @OptionGroup(title: "Mesh") var limit: MeshLimitOptions
    @OptionGroup(title: "Mesh") var meshOptions: MeshLookOptions
    @OptionGroup(title: "Models") var presets: PresetOptions
    @OptionGroup(title: "Models") var segmenterModel: SegmenterModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        if common.caching.noCache, output == nil { throw ValidationError("With --no-cache, give --output, or the decoder would be lost.") }
        if let prompts, prompts < 1 { throw ValidationError("--prompts must be at least 1.") }
        if let steps, !(1...10_000_000).contains(steps) { throw ValidationError("--steps must be between 1 and 10000000.") }
    }

    func run() throws {
        try checkOutput(output, meshes: [mesh])
        tellMissing([mesh])
        let bench = try common.workbench(
            common.settings(presets.preset, meshOptions), choice: segmenterModel.choice(presets.preset), limit: limit)
        let opened = try OpenMesh(contentsOf: mesh, at: bench)
        let outcome = try TrainJob(at: bench, plan: plan).train(opened)
        let document = try TrainOutputs(outcome, of: opened, plan: plan, at: bench).write(to: output)
        try common.run.finish(document, summary)
    }

    private var plan: TrainingPlan {
        let isPaper = presets.preset == .paper
        let architecture = self.architecture ?? (isPaper ? .reference : .fast)
        let signal = learnFrom ?? (isPaper ? .published : architecture == .reference ? .masks : .lift)
        var plan = architecture == .reference ? TrainingPlan.referenceSizes(signal: signal) : TrainingPlan(signal: signal)
        if signal == .published {
            if secondClicks { (plan.sampling.secondClickShare, plan.sampling.secondClicks, plan.sampling.refinementRounds) = (1, 5, 5) }
        } else if !secondClicks {
            plan.sampling.secondClickShare = 0
        }
        if let prompts { plan.limit(prompts: prompts) }
        if let steps { plan.training.steps = steps }
        plan.training.seed = common.seed
        return plan
    }

    private func summary(_ document: TrainDocument) -> String {
        let (known, seconds) = (document.provenance, document.timings.values.reduce(0, +))
        let iou = String(format: "%.2f", known.heldOutIoU)
        let answers = known.signal == .lift ? "lifted parts" : "masks"
        return "Trained \(document.parameters) numbers on \(known.prompts) \(answers) of \(known.views) views, \(known.steps) steps, "
            + String(format: "%.0f s", seconds) + "; IoU with \(answers) that were held out \(iou)."
            + (output.map { " See \($0)/loss.png." } ?? "")
    }
}

extension DecoderTrainingOptions.Architecture: ExpressibleByArgument {}
extension LearningSignal: ExpressibleByArgument {}
extension SegmenterKind: ExpressibleByArgument {}
