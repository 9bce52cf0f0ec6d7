import ArgumentParser
import BSBEvaluation
import BSBWorkbench
import Foundation

/// `bsb evaluate keypoints`: photo-to-photo correspondence by features alone.
struct EvaluateKeypoints: TableCommand {
    static let file = "keypoints"
    static let configuration = CommandConfiguration(
        commandName: "keypoints", abstract: "Find keypoints of photos in other photos of their set, by features alone.",
        discussion: """
            The layout is that of PF-WILLOW: folders of photos, and keypoints.json with a list of x, y for each.
            Writes keypoints.json and keypoints.md: the share of keypoints found within 0.05, 0.10 and 0.15 of their box (PCK), nearest cell and with a vote of \
            neighbouring matches.
            """)

    @Option(help: ArgumentHelp("The folder of photos.", valueName: "folder"))
    var data: String

    @Option(help: ArgumentHelp("Where to write the summary.", valueName: "folder"))
    var output: String

    @OptionGroup(title: "Models") var presets: PresetOptions
    @OptionGroup(title: "Models") var features: FeatureModelOptions
    @OptionGroup(title: "Running") var running: RunOptions

    func publication(command: String) throws -> PublishedSummary {
        let start = Date()
        try checkOutput(output)
        let extractor = try features.choice(presets.preset).loadExtractor(threads: running.threads)
        let progress = Terminal.progressReporter()
        let evaluator = KeypointEvaluator(try KeypointSet(contentsOf: data), extractor: extractor, parallelism: running.parallelism) {
            progress(ProgressUpdate(stage: "Matching keypoints", done: $0, total: $1))
        }
        let summary = try evaluator.summary()
        let head = SummaryHead(
            version: BSB.version, command: command, models: [extractor.identity], settings: presets.preset.settings,
            seconds: Date().timeIntervalSince(start))
        let published = PublishedSummary(head, summary)
        try published.write(to: output, name: Self.file)
        return published
    }
}
