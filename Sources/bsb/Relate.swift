import ArgumentParser
import BSBAnswering
import BSBImages
import BSBResults
import BSBWorkbench
import Foundation

/// `bsb relate`: from a photo to another by way of meshes.
struct Relate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find in a second photo the part that a click in a first one means, by way of meshes.",
        discussion: """
            Example: bsb relate --image mug.jpg --click 310,220 --image cup.jpg --mesh a.obj --mesh b.obj --output out
            The first --image is the photo that is clicked, the second the one in which its part is sought. Of several meshes
            those that agree outvote the others. They say whether the part is there; where it is, comparing the photos says, which is right at
            least as often (--by meshes for the place to which they lead). Ends with exit code 2 if no mesh leads to a part of the second photo.
            """)

    @Option(help: ArgumentHelp("A photo, as PNG, JPEG, WebP, HEIC, AVIF, TIFF, BMP or GIF; give it twice.", valueName: "file"))
    var image: [String] = []

    @Option(help: ArgumentHelp("The clicked pixel of the first photo, counted from the upper left.", valueName: "x,y"))
    var click: Pixel

    @Option(help: ArgumentHelp("A mesh to go by: OBJ, OFF, PLY, STL, GLB or glTF; may be given several times.", valueName: "file"))
    var mesh: [String] = []

    @Option(
        help: "By what the place in the second photo is found, once a mesh leads to one: comparing the photos, or the meshes all along.")
    var by = RelateWay.photos

    @Option(help: ArgumentHelp("Where to write pictures, masks and result.json.", valueName: "folder"))
    var output: String?

    @Option(help: ArgumentHelp("A click for the object in the first photo, if another than for the part.", valueName: "x,y"))
    var objectClick: Pixel?

    @Option(help: ArgumentHelp("A click on the object in the second photo; by default it is found.", valueName: "x,y"))
    var secondObjectClick: Pixel?

    @OptionGroup(title: "Matching") var rule: MatchingRuleOptions
    @OptionGroup(title: "Parts") var parts: PartOptions
    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Mesh") var upright: UprightOptions
    @OptionGroup(title: "Models") var models: MatchingModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        guard image.count == 2 else { throw ValidationError("Give --image twice: the photo that is clicked, and the other one.") }
        guard !mesh.isEmpty else { throw ValidationError("Give at least one --mesh.") }
    }

    func run() throws {
        try checkOutput(output, inputs: image + [models.calibration], meshes: mesh)
        tellMissing(mesh)
        let settings = common.settings(models.preset, meshOptions, upright, rule, parts)
        let bench = try common.workbench(settings, choice: models.choice, limit: meshOptions.limit)
        let outcome = try RelateJob(at: bench, by: by).run(
            first: image[0], click: Click(click, objectPixel: objectClick), second: image[1], meshes: mesh, objectClick: secondObjectClick)
        let document = try RelateOutputs(outcome, at: bench).write(to: output)
        try common.run.finish(document, found: document.found, summary)
    }

    private func summary(_ document: RelateDocument) -> String {
        guard document.found, let pixel = document.pixel, let confidence = document.confidence else {
            return "No correspondence. \((document.explanations ?? []).joined(separator: " "))"
        }
        let numbers = String(format: "confidence %.2f, agreement %.2f", confidence, document.agreement ?? 0)
        return "The click is at pixel \(pixel[0]),\(pixel[1]) of the second photo (\(numbers))."
            + (output.map { " See \($0)/overview.png." } ?? "")
    }
}

extension RelateWay: ExpressibleByArgument {}
