import ArgumentParser
import BSBAnswering
import BSBImages
import BSBResults
import Foundation

/// `bsb map`: a whole object, part by part.
struct MapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map",
        abstract: "Map every region of an object in a photo to its part of a mesh.",
        discussion: """
            Example: bsb map --image mug.jpg --mesh cup.obj --output out
            The object is segmented at clicks spread over it, and each region is matched. Label files of photo and mesh use one numbering.
            Without --object-click, the object that looks most like the mesh is taken. Ends with exit code 2 if no region has a
            counterpart.
            """)

    @Option(help: ArgumentHelp("The photo: PNG, JPEG, WebP, HEIC, AVIF, TIFF, BMP or GIF.", valueName: "file"))
    var image: String

    @Option(help: ArgumentHelp("The mesh: OBJ, OFF, PLY, STL, GLB or glTF.", valueName: "file"))
    var mesh: String

    @Option(help: ArgumentHelp("Where to write pictures, masks, meshes, labels and result.json.", valueName: "folder"))
    var output: String?

    @Option(help: ArgumentHelp("A click on the object in the photo; by default it is found.", valueName: "x,y"))
    var objectClick: Pixel?

    @Option(help: ArgumentHelp("Clicks spread over the object, at most.", valueName: "count"))
    var clicks = MapJob.Options().clicks

    @Option(name: .customLong("merge-iou"), help: ArgumentHelp("Masks that overlap so much are one region.", valueName: "0...1"))
    var mergeIoU = MapJob.Options().mergeIoU

    @Option(help: ArgumentHelp("The least share of the object that a region has.", valueName: "0...1"))
    var minimumShare = MapJob.Options().minimumShare

    @Flag(help: "Give each pixel of the object its point on the mesh too, and each vertex that the photo shows its pixel.")
    var dense = false

    @OptionGroup(title: "Matching") var rule: MatchingRuleOptions
    @OptionGroup(title: "Parts") var parts: PartOptions
    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Mesh") var upright: UprightOptions
    @OptionGroup(title: "Models") var models: MatchingModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        guard (1...10_000).contains(clicks) else { throw ValidationError("--clicks must be between 1 and 10000.") }
        for (name, value) in [("merge-iou", mergeIoU), ("minimum-share", minimumShare)] {
            guard (0...1).contains(value) else { throw ValidationError("--\(name) must be between 0 and 1.") }
        }
    }

    func run() throws {
        try checkOutput(output, inputs: [image, models.calibration], meshes: [mesh])
        tellMissing([mesh])
        let settings = common.settings(models.preset, meshOptions, upright, rule, parts)
        var options = MapJob.Options()
        (options.clicks, options.mergeIoU, options.minimumShare, options.isDense) = (clicks, mergeIoU, minimumShare, dense)
        let bench = try common.workbench(settings, choice: models.choice, limit: meshOptions.limit)
        let outcome = try MapJob(at: bench, options: options).run(image: image, mesh: mesh, objectClick: objectClick)
        let document = try MapOutputs(outcome, options: options, at: bench).write(to: output)
        try common.run.finish(document, found: document.found, summary)
    }

    private func summary(_ document: MapDocument) -> String {
        let matched = document.regions.count { $0.found }
        let surface = String(format: "%.0f", document.surfaceShare * 100)
        let object = String(format: "%.0f", document.objectShares.matched * 100)
        return "\(matched) of \(document.regions.count) regions have a counterpart: \(object)% of the object, \(surface)% of the surface."
            + (output.map { " See \($0)/overview.png." } ?? "")
    }
}
