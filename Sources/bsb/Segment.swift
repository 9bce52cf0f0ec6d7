import ArgumentParser
import BSBAnswering
import BSBImages
import BSBResults
import BSBWorkbench
import Foundation

/// `bsb segment`: clicks on a mesh become a part of it.
struct Segment: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the part of a mesh that clicks on it mean.",
        discussion: """
            Examples: bsb segment cup.obj --click 120 --negative 0 --output out
                      bsb segment cup.obj --point 0.1,0.4,0 --segmenter lift
                      bsb segment cup.obj --pixel 100,80 --azimuth 30 --elevation 20
            A point stands for the vertex nearest to it, a pixel for the vertex that 'bsb render' with the same angles and size shows there.
            """)

    @Argument(help: ArgumentHelp("The mesh: OBJ, OFF, PLY, STL, GLB or glTF.", valueName: "file"))
    var mesh: String

    @Option(help: ArgumentHelp("A vertex of what is wanted; may be given several times.", valueName: "vertex"))
    var click: [Int] = []

    @Option(help: ArgumentHelp("A vertex of what is not wanted; may be given several times.", valueName: "vertex"))
    var negative: [Int] = []

    @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("A point on what is wanted, in the file's units.", valueName: "x,y,z"))
    var point: [Position] = []

    @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("A point on what is not wanted.", valueName: "x,y,z"))
    var negativePoint: [Position] = []

    @Option(help: ArgumentHelp("A pixel of a view, on what is wanted.", valueName: "x,y"))
    var pixel: [Pixel] = []

    @Option(help: ArgumentHelp("A pixel of a view, on what is not wanted.", valueName: "x,y"))
    var negativePixel: [Pixel] = []

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The view's angle around the vertical axis; 0 looks from +x.", valueName: "degrees"))
    var azimuth: Float = 0

    @Option(parsing: .unconditional, help: ArgumentHelp("The view's angle above the horizon.", valueName: "degrees"))
    var elevation: Float = 0

    @Option(help: ArgumentHelp("The view's width and height.", valueName: "pixels"))
    var size = 224

    @Option(
        help: ArgumentHelp(
            "Another mesh that the clicks are on; this mesh must have been trained. A click stands for the vertex of this mesh whose features are most like its own; a decoder that learned from masks takes the click's features themselves.",
            valueName: "file"))
    var like: String?

    @Option(help: ArgumentHelp("A decoder that 'bsb train --output' wrote, in place of the cache's.", valueName: "file"))
    var decoder: String?

    @Option(help: ArgumentHelp("Where to write pictures, meshes, arrays and result.json.", valueName: "folder"))
    var output: String?

    @Option(help: "Print just the indices of the part's faces or vertices, as a list to be pasted elsewhere.")
    var select: Selection?

    @OptionGroup(title: "Parts") var parts: PartOptions
    @OptionGroup(title: "Mesh") var limit: MeshLimitOptions
    @OptionGroup(title: "Mesh") var meshOptions: MeshLookOptions
    @OptionGroup(title: "Mesh") var upright: UprightOptions
    @OptionGroup(title: "Models") var presets: PresetOptions
    @OptionGroup(title: "Models") var segmenterModel: SegmenterModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        guard !click.isEmpty || !point.isEmpty || !pixel.isEmpty else {
            throw ValidationError("Give at least one of --click, --point and --pixel.")
        }
        guard select == nil || !common.json else { throw ValidationError("Give --select or --json, not both.") }
        guard (1...8192).contains(size) else { throw ValidationError("--size must be between 1 and 8192.") }
        guard azimuth.isFinite, elevation.isFinite else { throw ValidationError("Angles must be finite.") }
        if like != nil, parts.segmenter == .lift { throw ValidationError("--like needs a decoder, so not --segmenter lift.") }
        if decoder != nil, parts.segmenter == .lift { throw ValidationError("Give --decoder or --segmenter lift, not both.") }
    }

    func run() throws {
        try checkOutput(output, inputs: [decoder], meshes: [mesh] + (like.map { [$0] } ?? []))
        tellMissing([mesh])
        let settings = common.settings(presets.preset, meshOptions, upright, parts)
        let bench = try common.workbench(settings, choice: segmenterModel.choice(presets.preset), limit: limit)
        let checkpoint = decoder.map { DecoderFile(path: $0) }
        let outcome = try SegmentJob(at: bench).run(mesh: mesh, clicks: clicks, decoder: checkpoint, like: like)
        let document = try SegmentOutputs(outcome, at: bench).write(to: output)
        if let select {
            Terminal.result(select.text(outcome.segment, of: outcome.mesh.mesh))
        } else if common.json {
            try Terminal.result(json: document)
        } else {
            Terminal.result(summary(document))
        }
    }

    private var clicks: [TargetedClick] {
        let view = { (pixel: Pixel) in SurfaceTarget.pixel(pixel.center, azimuth: azimuth, elevation: elevation, size: size) }
        let wanted = click.map { .vertex($0) } + point.map { .point($0.value) } + pixel.map(view)
        let unwanted = negative.map { .vertex($0) } + negativePoint.map { .point($0.value) } + negativePixel.map(view)
        return wanted.map { TargetedClick($0) } + unwanted.map { TargetedClick($0, isForeground: false) }
    }

    private func summary(_ document: SegmentDocument) -> String {
        let segment = document.segment
        let share = String(format: "%.1f", segment.fraction * 100)
        let way = segment.method == .iseg ? "the trained decoder" : "lifting, without training"
        return "The part has \(segment.vertices) vertices and \(segment.faces) faces, \(share)% of the surface; found by \(way)."
            + (output.map { " See \($0)/overview.png." } ?? "")
    }
}

/// A position given as `x,y,z`.
struct Position: ExpressibleByArgument {
    var value: SIMD3<Double>

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
        guard numbers.count == 3, numbers.allSatisfy(\.isFinite), argument.split(separator: ",").count == 3 else { return nil }
        value = SIMD3(numbers[0], numbers[1], numbers[2])
    }
}
