import ArgumentParser
import BSBAnswering
import BSBImages
import BSBResults
import BSBTexturing
import BSBWorkbench
import Foundation

/// `bsb texture`: the look of a photo's part on the mesh's part.
struct Texture: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Paint the part that a click in a photo means onto the matching part of a mesh, or the whole object.",
        discussion: """
            Example: bsb texture --image mug.jpg --click 310,220 --mesh cup.obj --output out
            Writes textured.glb, and textured.obj with its MTL file and picture; provenance.png says where its colours are from. What the
            photo does not show has the colours of its mirror image, where the mesh is symmetric and the photo shows that; else of what
            lies before it. Ends with exit code 2 if the mesh has no such part.
            """)

    @Option(help: ArgumentHelp("The photo: PNG, JPEG, WebP, HEIC, AVIF, TIFF, BMP or GIF.", valueName: "file"))
    var image: String

    @Option(
        help: ArgumentHelp(
            "The clicked pixel, counted from the upper left of the picture as it is seen; decimals are allowed.", valueName: "x,y"))
    var click: Pixel

    @Option(help: ArgumentHelp("The mesh: OBJ, OFF, PLY, STL, GLB or glTF.", valueName: "file"))
    var mesh: String

    @Option(help: ArgumentHelp("Where to write the painted mesh, pictures and result.json.", valueName: "folder"))
    var output: String

    @Option(
        help: """
            The photo's pixels, laid onto the part; its style, where they would not fit: its colours and pattern all over; or its typical \
            colour.
            """)
    var mode = TextureMode.image

    @Flag(
        help: """
            Paint all of the mesh with the clicked object, and not the part alone: by its mask or the next smaller one, whichever the mesh \
            covers better (object_mask.png).
            """)
    var object = false

    @Option(help: ArgumentHelp("Width and height of the picture on the mesh.", valueName: "pixels"))
    var size = TextureOptions().size

    @Option(help: ArgumentHelp("A click for the object, if another than for the part.", valueName: "x,y"))
    var objectClick: Pixel?

    @OptionGroup(title: "Matching") var rule: MatchingRuleOptions
    @OptionGroup(title: "Parts") var parts: PartOptions
    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Mesh") var upright: UprightOptions
    @OptionGroup(title: "Models") var models: MatchingModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        guard (64...8192).contains(size) else { throw ValidationError("--size must be between 64 and 8192.") }
    }

    func run() throws {
        try checkOutput(output, inputs: [image, models.calibration], meshes: [mesh])
        tellMissing([mesh])
        let settings = common.settings(models.preset, meshOptions, upright, rule, parts)
        let bench = try common.workbench(settings, choice: models.choice, limit: meshOptions.limit)
        var options = TextureOptions()
        options.size = size
        let scope = object ? TextureScope.object : .part
        let job = TextureJob(at: bench, mode: mode, scope: scope, options: options)
        let outcome = try job.run(image: image, click: Click(click, objectPixel: objectClick), mesh: mesh)
        let document = try TextureOutputs(outcome, mode: mode, scope: scope, at: bench).write(to: output)
        try common.run.finish(document, found: document.found, summary)
    }

    private func summary(_ document: TextureDocument) -> String {
        guard document.found else { return "No correspondence. \(document.match.explanation ?? "")" }
        let painted = object ? "all" : "\(document.match.segment?.faces ?? 0)"
        return "Painted \(painted) faces. See \(output)/textured.glb and \(output)/overview.png."
    }
}

extension TextureMode: ExpressibleByArgument {}
