import ArgumentParser
import Backbones
import Basics
import Correspondence
import Foundation
import SegmentationBuddies

/// `bsb match`: the main job.
struct Match: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the part of a mesh that a click in a photo means.",
        discussion: """
            Example: bsb match --image mug.jpg --click 310,220 --mesh cup.obj --output out
            Ends with exit code 2 if the mesh has no such part.
            """)

    @Option(help: ArgumentHelp("The photo: PNG, JPEG or WebP.", valueName: "file"))
    var image: String

    @Option(help: ArgumentHelp("The clicked pixel, counted from the upper left.", valueName: "x,y"))
    var click: Pixel

    @Option(help: ArgumentHelp("The mesh: OBJ, OFF, PLY, STL, GLB or glTF.", valueName: "file"))
    var mesh: String

    @Option(help: ArgumentHelp("Where to write pictures, meshes, arrays and result.json.", valueName: "folder"))
    var output: String?

    @Option(help: ArgumentHelp("A click for the object, if another than for the part.", valueName: "x,y"))
    var objectClick: Pixel?

    @Option(help: ArgumentHelp("A box around the part.", valueName: "x0,y0,x1,y1"))
    var box: Prompt.Box?

    @Option(help: "Which of the segmenter's masks is the part.")
    var segmenterMask = MaskLevel.part

    @Option(help: "Which of the segmenter's masks is the object.")
    var objectMask = MaskLevel.object

    @Option(name: [.customLong("candidates"), .customShort("k")], help: ArgumentHelp("Vertices to consider.", valueName: "count"))
    var candidateCount = 100

    @Option(help: ArgumentHelp("Consider at least this share of the vertices; finer meshes then have more candidates.", valueName: "0...1"))
    var candidateFraction = 0.0

    @Option(help: "How much of the photo features are extracted from: all, or the box around the object, which shows small objects larger.")
    var photoArea = PhotoArea.whole

    @Option(
        name: .customLong("min-iou"), help: ArgumentHelp("Reject a correspondence whose masks overlap less than this.", valueName: "0...1"))
    var minIoU: Float = 0

    @Option(help: "Where the probability of a vertex is cut: at one half, or where it separates best.")
    var threshold = ThresholdKind.half

    @Option(help: "How the part is found: by a trained decoder, by lifting masks without training, or by whatever there is.")
    var segmenter: SegmenterKind?

    @Flag(help: "List all candidates in the result.")
    var candidatesInResult = false

    @Flag(help: "Move the part's border into nearby creases and drop specks.")
    var cleanBorders = false

    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        guard candidateCount >= 1 else { throw ValidationError("--candidates must be at least 1.") }
        guard (0...1).contains(candidateFraction) else { throw ValidationError("--candidate-fraction must be between 0 and 1.") }
        guard (0...1).contains(minIoU) else { throw ValidationError("--min-iou must be between 0 and 1.") }
    }

    func run() throws {
        let bench = try common.workbench(settings, models: models)
        let outcome = try MatchJob(at: bench).run(
            image: image, click: Click(click, objectPixel: objectClick, box: box), mesh: mesh)
        let document = try MatchOutputs(outcome, at: bench, includeCandidates: candidatesInResult).write(to: output)
        if common.json { try Terminal.result(json: document) } else { Terminal.result(summary(document)) }
        if !document.found { throw ExitCode(2) }
    }

    private var settings: Settings {
        var settings = models.preset.settings
        settings.seed = common.seed
        meshOptions.apply(to: &settings)
        settings.matching.candidateCount = candidateCount
        settings.matching.candidateFraction = candidateFraction
        settings.photoArea = photoArea
        settings.matching.minimumIoU = minIoU
        settings.matching.partLevel = segmenterMask
        settings.lifting.level = segmenterMask
        settings.objectLevel = objectMask
        settings.threshold = threshold
        settings.cleansBorders = cleanBorders
        if let segmenter { settings.segmenter = segmenter }
        return settings
    }

    private func summary(_ document: MatchDocument) -> String {
        guard document.found, let vertex = document.vertex, let segment = document.segment else {
            return "No correspondence. \(document.explanation ?? "")"
        }
        let iou = String(format: "%.2f", document.iou ?? 0)
        let share = String(format: "%.1f", segment.fraction * 100)
        return "Vertex \(vertex) corresponds (IoU \(iou)); its part has \(segment.vertices) vertices and \(segment.faces) faces, "
            + "\(share)% of the surface." + (output.map { " See \($0)/overview.png." } ?? "")
    }
}
