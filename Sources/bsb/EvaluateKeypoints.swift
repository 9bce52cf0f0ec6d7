import ArgumentParser
import BSBEvaluation
import BSBWorkbench

/// `bsb evaluate keypoints`: photo-to-photo correspondence by features alone.
struct EvaluateKeypoints: ExperimentCommand {
    static let configuration = CommandConfiguration(
        commandName: "keypoints", abstract: "Find keypoints of photos in other photos of their set, by features alone.",
        discussion: """
            The layout is that of PF-WILLOW: folders of photos, and keypoints.json with a list of x, y for each.
            Writes samples.jsonl, keypoints.json and keypoints.md: the share of keypoints found within 0.05, 0.10 and 0.15 of their box (PCK), \
            nearest cell and with a vote of neighbouring matches; a run that is cut short goes on where it was.
            """)

    @Option(help: ArgumentHelp("The folder of photos.", valueName: "folder"))
    var data: String

    @Option(help: ArgumentHelp("Where to write samples, summary and table.", valueName: "folder"))
    var output: String

    @OptionGroup(title: "Models") var presets: PresetOptions
    @OptionGroup(title: "Models") var features: FeatureModelOptions
    @OptionGroup(title: "Running") var running: RunOptions

    func experiment() throws -> KeypointEvaluator {
        try checkOutput(output)
        let bench = try Workbench(presets.preset.settings, features.choice(presets.preset), running, cache: CacheDirectory(path: nil))
        return KeypointEvaluator(try KeypointSet(contentsOf: data), at: bench)
    }
}
