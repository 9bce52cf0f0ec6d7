import ArgumentParser
import BSBAnswering
import BSBImages
import BSBResults
import BSBWorkbench
import Foundation

/// `bsb locate`: the way back, from a mesh to a photo.
struct Locate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find in a photo the part that a place on a mesh means.",
        discussion: """
            Examples: bsb locate --mesh cup.obj --vertex 120 --image mug.jpg --output out
                      bsb locate --mesh cup.obj --view 30,20 --pixel 100,80 --image mug.jpg --object-click 310,220
            Without --object-click, the object that looks most like the mesh is taken. A pixel of a view stands for the vertex that
            'bsb render' with the same angles and size shows there. Ends with exit code 2 if the photo does not show the part.
            """)

    @Option(help: ArgumentHelp("The mesh: OBJ, OFF, PLY, STL, GLB or glTF.", valueName: "file"))
    var mesh: String

    @Option(help: ArgumentHelp("The photo: PNG, JPEG, WebP, HEIC, AVIF, TIFF, BMP or GIF.", valueName: "file"))
    var image: String

    @OptionGroup(title: "Place on the mesh") var place: PlaceOptions

    @Option(help: ArgumentHelp("Where to write pictures, meshes, arrays and result.json.", valueName: "folder"))
    var output: String?

    @Option(help: ArgumentHelp("A click on the object in the photo; by default it is found.", valueName: "x,y"))
    var objectClick: Pixel?

    @Option(name: [.customLong("candidates"), .customShort("k")], help: ArgumentHelp("Pixels to consider.", valueName: "count"))
    var candidateCount = 100

    @Option(help: ArgumentHelp("Vertices at which the mesh is segmented again, at most.", valueName: "count"))
    var segments = 12

    @OptionGroup(title: "Matching") var rule: MatchingRuleOptions
    @OptionGroup(title: "Parts") var parts: PartOptions
    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Mesh") var upright: UprightOptions
    @OptionGroup(title: "Models") var models: MatchingModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        guard candidateCount >= 1 else { throw ValidationError("--candidates must be at least 1.") }
        guard segments >= 1 else { throw ValidationError("--segments must be at least 1.") }
    }

    func run() throws {
        try checkOutput(output, inputs: [image, models.calibration], meshes: [mesh])
        tellMissing([mesh])
        let bench = try common.workbench(settings, choice: models.choice, limit: meshOptions.limit)
        let outcome = try LocateJob(at: bench).run(image: image, mesh: mesh, target: place.target, objectClick: objectClick)
        let document = try LocateOutputs(outcome, at: bench).write(to: output)
        try common.run.finish(document, found: document.found, summary)
    }

    private var settings: Settings {
        var settings = common.settings(models.preset, meshOptions, upright, rule, parts)
        (settings.pixelMatching.candidateCount, settings.pixelMatching.segmentLimit) = (candidateCount, segments)
        return settings
    }

    private func summary(_ document: LocateDocument) -> String {
        guard document.found, let pixel = document.pixel, let mask = document.mask else {
            return "No correspondence. \(document.explanation ?? "")"
        }
        let how = document.qualifies == false ? "most likely, since no pixel leads back" : String(format: "IoU %.2f", document.iou ?? 0)
        let share = String(format: "%.1f", mask.fraction * 100)
        return
            "Vertex \(document.vertex) is \(document.grade == .unsure ? "perhaps " : "")at pixel \(pixel[0]),\(pixel[1]) (\(how)); its part covers \(share)% of the photo."
            + (output.map { " See \($0)/overview.png." } ?? "")
    }
}

/// One place on a mesh.
struct PlaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A vertex of the mesh's file.", valueName: "vertex"))
    var vertex: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("A point in the file's units; the nearest vertex is meant.", valueName: "x,y,z"))
    var point: Position?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Angles of the view that --pixel is in, in degrees.", valueName: "azimuth,elevation"))
    var view: ViewAngles?

    @Option(help: ArgumentHelp("A pixel of the view.", valueName: "x,y"))
    var pixel: Pixel?

    @Option(help: ArgumentHelp("The view's width and height.", valueName: "pixels"))
    var size = 224

    func validate() throws {
        guard [vertex != nil, point != nil, pixel != nil].count(where: { $0 }) == 1 else {
            throw ValidationError("Give one of --vertex, --point, and --view with --pixel.")
        }
        guard (view == nil) == (pixel == nil) else { throw ValidationError("--view and --pixel go together.") }
        guard (1...8192).contains(size) else { throw ValidationError("--size must be between 1 and 8192.") }
    }

    /// The place that is meant.
    var target: SurfaceTarget {
        if let vertex { return .vertex(vertex) }
        if let point { return .point(point.value) }
        return .pixel(
            pixel?.center ?? .zero, azimuth: view?.azimuth ?? 0, elevation: view?.elevation ?? 0, size: size)
    }
}

/// Two angles given as `azimuth,elevation`.
struct ViewAngles: ExpressibleByArgument {
    var azimuth: Float
    var elevation: Float

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Float($0) }
        guard numbers.count == 2, let azimuth = numbers[0], let elevation = numbers[1], azimuth.isFinite, elevation.isFinite else {
            return nil
        }
        (self.azimuth, self.elevation) = (azimuth, elevation)
    }
}
