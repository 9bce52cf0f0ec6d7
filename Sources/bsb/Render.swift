import ArgumentParser
import BSBResults
import BSBShapes
import BSBWorkbench

/// `bsb render`: pictures of a mesh as the models see it.
struct Render: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write pictures of a mesh as the models see it.",
        discussion: "With --azimuth and --elevation one view, else --count views as lifting uses them.")

    @Argument(help: ArgumentHelp("The mesh: OBJ, OFF, PLY, STL, GLB or glTF.", valueName: "file"))
    var mesh: String

    @Option(help: ArgumentHelp("Where to write view-0.png, view-1.png, ... and cameras.json.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp("The number of views.", valueName: "count"))
    var count = 12

    @Option(help: ArgumentHelp("Width and height in pixels.", valueName: "pixels"))
    var size = 224

    @Option(help: "Evenly spread and lit from the eye, or as the paper's code does.")
    var viewStyle = ViewPlan.Style.robust

    @Option(help: ArgumentHelp("The angle around the vertical axis; 0 looks from +x.", valueName: "degrees"))
    var azimuth: Float?

    @Option(help: ArgumentHelp("The angle above the horizon.", valueName: "degrees"))
    var elevation: Float?

    @Flag(help: "Paint the mesh in grey, or in the colours of its vertices, materials and pictures.")
    var surface = SurfaceLook.grey

    @Option(help: "How the mesh is scaled into the unit sphere.")
    var normalisation = Normalisation.Method.vertexMean

    @OptionGroup var limit: MeshLimitOptions

    @OptionGroup var upright: UprightOptions

    @Option(help: ArgumentHelp("The seed of the views.", valueName: "number"))
    var seed: UInt64 = 0

    @Flag(help: "Also write depth, normals and face indices of each view as NumPy arrays.")
    var buffers = false

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("--count must be between 1 and 100000.") }
        guard (1...8192).contains(size) else { throw ValidationError("--size must be between 1 and 8192.") }
        guard (azimuth == nil) == (elevation == nil) else { throw ValidationError("Give both --azimuth and --elevation, or neither.") }
        guard [azimuth, elevation].allSatisfy({ $0?.isFinite ?? true }) else { throw ValidationError("Angles must be finite.") }
    }

    func run() throws {
        try checkOutput(output, meshes: [mesh])
        tellMissing([mesh])
        var job = RenderJob(plan: ViewPlan(count: count, size: size, style: viewStyle), seed: seed, writesBuffers: buffers)
        (job.surface, job.reading, job.up) = (surface, limit.reading, upright.up)
        if let azimuth, let elevation { job.angles = (azimuth, elevation) }
        let document = try job.run(mesh: mesh, normalisation: normalisation, output: output)
        if json {
            try Terminal.result(json: document)
        } else {
            Terminal.result("\(document.views.count) views in \(output).")
        }
    }
}
