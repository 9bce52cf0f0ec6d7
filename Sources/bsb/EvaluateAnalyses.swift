import ArgumentParser
import BSBBasics
import BSBEvaluation
import BSBImages
import BSBWorkbench
import Foundation

/// `bsb evaluate invariance`: whether answers stay where they are when the mesh is changed.
struct EvaluateInvariance: MatchingCommand {
    static let configuration = configured("Move, turn, remesh and roughen meshes and see whether answers stay where they are.")

    @OptionGroup var given: MeasurementOptions
    @OptionGroup(title: "Models") var calibrated: CalibrationOptions
    @OptionGroup(title: "Clicks") var sampling: SamplingOptions

    @OptionGroup(title: "Clicks") var sharing: SharedPhotoOptions

    func experiment() throws -> InvarianceEvaluator {
        var options = sampling.evaluation(seed: given.common.seed)
        options.clicksPerPhoto = sharing.clicksPerPhoto ?? SharedPhotoOptions.usualOfMany
        return try InvarianceEvaluator(Evaluator(open(), options: options))
    }
}

/// `bsb evaluate click-map`: many clicks in one photo.
struct EvaluateClickMap: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "click-map", abstract: "Click all over an object in a photo and picture which clicks a mesh has an answer for.",
        discussion: "Writes click-map.png and click-map.json.")

    @Option(help: ArgumentHelp("The photo.", valueName: "file"))
    var image: String

    @Option(help: ArgumentHelp("A pixel of the object, from the upper left.", valueName: "x,y"))
    var click: Pixel

    @Option(help: ArgumentHelp("The mesh.", valueName: "file"))
    var mesh: String

    @Option(help: ArgumentHelp("Pixels of the object that are clicked.", valueName: "count"))
    var count = 100

    @Option(help: ArgumentHelp("Where to write the picture and the numbers.", valueName: "folder"))
    var output: String

    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Models") var models: MatchingModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("--count must be between 1 and 100000.") }
    }

    func run() throws {
        try checkOutput(output)
        let bench = try common.workbench(
            common.settings(models.preset, meshOptions), choice: models.choice, limit: meshOptions.limit)
        let photo = try OpenPhoto(contentsOf: image)
        let prepared = try OpenMesh(contentsOf: mesh, at: bench)
        let map = try ClickMap(of: photo, object: Click(click), on: prepared, count: count, at: bench)
        try AtomicFile.write(try JSONText.data(map), to: "\(output)/click-map.json", operation: "writing the click map")
        try map.picture(of: photo, on: prepared).writePNG(to: "\(output)/click-map.png")
        try common.run.finish(map) { map in
            let answered = "\(map.clicks.count { $0.vertex != nil }) of \(map.clicks.count) clicks have an answer"
            return "\(answered); mean IoU \(text(map.meanIoU)) with, \(text(map.meanIoUWithout)) without"
        }
    }

    private func text(_ estimate: Estimate?) -> String { estimate.map { String(format: "%.2f", $0.mean) } ?? "-" }
}
