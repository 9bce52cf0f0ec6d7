import ArgumentParser
import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBBatch
import BSBImages
import BSBInteractiveSegmentation
import BSBResults
import BSBWorkbench
import Foundation

/// `bsb match`: the main job.
struct Match: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the part of a mesh that a click in a photo means.",
        discussion: """
            Examples: bsb match --image mug.jpg --click 310,220 --mesh cup.obj --output out
                      bsb match --image mug.jpg --mask handle.png --mesh cup.obj
                      bsb match --image mug.jpg --clicks clicks.json --mesh cup.obj --output out
                      bsb match --images 'frames/*.png' --click 310,220 --mesh cup.obj --output out
            Ends with exit code 2 if the mesh has no such part. --clicks names a JSON array of clicks: [x, y], or an object with "x" and "y"
            or "mask" (a file), and optionally "name", "object", "box", "positive" and "negative". It prints a line of JSON for each
            click and writes into a folder for each; it ends with exit code 2 if none is found. --images
            names the frames of a film: the click is in the first of them, and its part is followed through the others, 2 before 10.
            """)

    @Option(help: ArgumentHelp("The photo: PNG, JPEG, WebP, HEIC, AVIF, TIFF, BMP or GIF.", valueName: "file"))
    var image: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Frames in place of one photo: a folder, a pattern in quotes such as 'frames/*.png', or names.", valueName: "frames"))
    var images: [String] = []

    @Option(
        help: ArgumentHelp(
            "The clicked pixel, counted from the upper left of the picture as it is seen; decimals are allowed.", valueName: "x,y"))
    var click: Pixel?

    @Option(help: ArgumentHelp("The part as a picture of the photo's size, bright inside, in place of a click.", valueName: "file"))
    var mask: String?

    @Option(help: ArgumentHelp("Many clicks in a JSON file, in place of one.", valueName: "file"))
    var clicks: String?

    @Option(help: ArgumentHelp("Another pixel of the part; may be given several times.", valueName: "x,y"))
    var positive: [Pixel] = []

    @Option(help: ArgumentHelp("A pixel that is not of the part; may be given several times.", valueName: "x,y"))
    var negative: [Pixel] = []

    @Option(help: ArgumentHelp("The mesh: OBJ, OFF, PLY, STL, GLB or glTF.", valueName: "file"))
    var mesh: String

    @Option(help: ArgumentHelp("Where to write pictures, meshes, arrays and result.json.", valueName: "folder"))
    var output: String?

    @Option(help: ArgumentHelp("A click for the object, if another than for the part.", valueName: "x,y"))
    var objectClick: Pixel?

    @Option(help: ArgumentHelp("A box around the part.", valueName: "x0,y0,x1,y1"))
    var box: Prompt.Box?

    @Option(name: [.customLong("candidates"), .customShort("k")], help: ArgumentHelp("Vertices to consider.", valueName: "count"))
    var candidateCount = 100

    @Option(help: ArgumentHelp("Consider at least this share of the vertices; finer meshes then have more candidates.", valueName: "0...1"))
    var candidateFraction = 0.0

    @Option(
        help: ArgumentHelp(
            "List so many places that may be meant, such as four legs, each with its part, and a probability over the surface. Approximate.",
            valueName: "count"))
    var alternatives: Int?

    @Flag(help: "List all candidates in the result.")
    var candidatesInResult = false

    @Option(help: "Print just the indices of the part's faces or vertices, as a list to be pasted elsewhere.")
    var select: Selection?

    @OptionGroup(title: "Matching") var rule: MatchingRuleOptions
    @OptionGroup(title: "Parts") var parts: PartOptions
    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Mesh") var upright: UprightOptions
    @OptionGroup(title: "Models") var models: MatchingModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        guard (image != nil) != !images.isEmpty else { throw ValidationError("Give one of --image and --images.") }
        guard images.isEmpty || (clicks == nil && alternatives == nil && !candidatesInResult && select == nil) else {
            throw ValidationError("--images goes with one click, and without --alternatives, --candidates-in-result and --select.")
        }
        guard [click != nil, mask != nil, clicks != nil].count(where: { $0 }) == 1 else {
            throw ValidationError("Give one of --click, --mask and --clicks.")
        }
        guard click != nil || (positive.isEmpty && negative.isEmpty && box == nil) else {
            throw ValidationError("--positive, --negative and --box go with --click.")
        }
        guard clicks == nil || objectClick == nil else { throw ValidationError("--clicks names the object for each click.") }
        guard select == nil || (clicks == nil && !common.json) else {
            throw ValidationError("--select goes with one click and without --json.")
        }
        guard candidateCount >= 1 else { throw ValidationError("--candidates must be at least 1.") }
        guard (0...1).contains(candidateFraction) else { throw ValidationError("--candidate-fraction must be between 0 and 1.") }
        guard alternatives.map({ (1...1000).contains($0) }) ?? true else {
            throw ValidationError("--alternatives must be between 1 and 1000.")
        }
    }

    func run() throws {
        guard let image else { return try follow(FrameList(images).paths) }
        try checkOutput(output, inputs: [image, mask, clicks, models.calibration], meshes: [mesh])
        tellMissing([mesh])
        let bench = try common.workbench(settings, choice: models.choice, limit: meshOptions.limit)
        if let clicks {
            let list = try ClickList(contentsOf: clicks)
            try checkOutput(output, inputs: [image, clicks, models.calibration], meshes: [mesh], subfolders: list.entries.map(\.name))
            return try runBatch(list, in: image, bench)
        }
        let click = try singleClick()
        let (photo, mesh) = try open([click], in: image, bench)
        let (document, segment) = try answer(click, photo, mesh, bench, output)
        if let select {
            Terminal.result(select.text(segment, of: mesh.mesh))
        } else if common.json {
            try Terminal.result(json: document)
        } else {
            Terminal.result(summary(document))
        }
        if !document.found { throw ExitCode(2) }
    }

    /// The photo and the mesh; the clicks are checked in between, since the mesh may take long.
    private func open(_ clicks: [Click], in image: String, _ bench: Workbench) throws -> (OpenPhoto, OpenMesh) {
        let photo = try OpenPhoto(contentsOf: image)
        for click in clicks { _ = try photo.masks(of: click, at: bench) }
        return (photo, try OpenMesh(contentsOf: mesh, at: bench))
    }

    /// One line of JSON for each click, whether or not `--json` is given.
    private func runBatch(_ list: ClickList, in image: String, _ bench: Workbench) throws {
        let (photo, mesh) = try open(list.entries.map(\.click), in: image, bench)
        var anyFound = false
        for entry in list.entries {
            let (document, _) = try answer(entry.click, photo, mesh, bench, output.map { "\($0)/\(entry.name)" })
            try Terminal.result(line: BatchLine(name: entry.name, result: document))
            anyFound = anyFound || document.found
        }
        if !anyFound { throw ExitCode(2) }
    }

    private struct BatchLine: Encodable {
        var name: String
        var result: MatchDocument
    }

    private func answer(
        _ click: Click, _ photo: OpenPhoto, _ mesh: OpenMesh, _ bench: Workbench, _ output: String?
    ) throws -> (MatchDocument, SurfaceSegment?) {
        let answer = try bench.answer(click, in: photo, on: mesh)
        let alternatives = try alternatives.map { try AlternativeFinder(at: bench, limit: $0).find(beside: answer) }
        let outputs = MatchOutputs(answer, at: bench, includeCandidates: candidatesInResult, alternatives: alternatives)
        return (try outputs.write(to: output), answer.segment)
    }

    func singleClick() throws -> Click {
        if let click { return Click(click, objectPixel: objectClick, box: box, more: positive, unwanted: negative) }
        let path = mask ?? ""
        guard let click = Click(standingFor: try Mask(contentsOf: path), objectPixel: objectClick) else {
            throw Failure(.badInput, "reading the part's mask", path: path, reason: "the mask is empty")
        }
        return click
    }

    var settings: Settings {
        var settings = common.settings(models.preset, meshOptions, upright, rule, parts)
        (settings.matching.candidateCount, settings.matching.candidateFraction) = (candidateCount, candidateFraction)
        return settings
    }

    private func summary(_ document: MatchDocument) -> String {
        guard document.found, let vertex = document.vertex else { return "No correspondence. \(document.explanation ?? "")" }
        let iou = String(format: "%.2f", document.iou ?? 0)
        let part = document.segment.map { segment in
            let share = String(format: "%.1f", segment.fraction * 100)
            return "its part has \(segment.vertices) vertices and \(segment.faces) faces, \(share)% of the surface."
        }
        let doubts = document.doubts.map { " Unsure: \($0.joined(separator: "; "))." } ?? ""
        return
            "\(document.grade == .unsure ? "Perhaps vertex" : "Vertex") \(vertex) corresponds (IoU \(iou)); \(part ?? "no view shows it, so that its part is not known.")\(doubts)"
            + (output.map { " See \($0)/overview.png." } ?? "")
    }
}
