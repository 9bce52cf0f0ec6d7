import ArgumentParser
import BSBEvaluation
import BSBWorkbench

/// `bsb evaluate export-depth`: what depth-conditioned image generators need.
struct EvaluateExportDepth: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-depth", abstract: "Write depth maps, cameras and clicks, for photos that an image generator makes.",
        discussion: """
            Writes NUMBER-depth.png (16-bit grey, near is bright) and photos.json. Put the generated pictures beside them as NUMBER.png, \
            .jpg or .webp and run bsb evaluate with the same data, split, seed and samples, and --photos with the folder.
            """)

    @OptionGroup(title: "Meshes") var dataSet: DataSetOptions
    @OptionGroup(title: "Clicks") var sampling: SamplingOptions

    @OptionGroup(title: "Clicks") var sharing: SharedPhotoOptions

    @Option(help: ArgumentHelp("Where to write.", valueName: "folder"))
    var output: String

    @OptionGroup(title: "Running") var running: RunOptions
    @OptionGroup(title: "Running") var seeding: SeedOptions

    func run() throws {
        try checkOutput(output)
        let bench = try Workbench(Settings(), ModelChoice(), running, cache: CacheDirectory(path: nil))
        let ground = try dataSet.open(at: bench)
        var options = sampling.evaluation(seed: seeding.seed)
        options.clicksPerPhoto = sharing.clicksPerPhoto ?? SharedPhotoOptions.usual
        let export = try Evaluator(ground, options: options).exportDepth(to: output)
        try running.finish(export) { export in
            let skipped = export.skipped?.count ?? 0
            return "\(export.photos.count) depth maps with \(export.photos.reduce(0) { $0 + $1.clicks.count }) clicks in \(output)"
                + (skipped > 0 ? "; \(skipped) shapes were skipped" : "")
        }
    }
}
