import ArgumentParser
import BSBAnswering
import BSBBasics
import BSBResults
import BSBShapes
import BSBWorkbench

/// `bsb transfer`: the labels of one mesh on another.
struct Transfer: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Carry the labels of one mesh over to another of its kind.",
        discussion: """
            Example: bsb transfer --from chair1.off --labels chair1_labels.txt --mesh chair2.obj --output out
            Labels are JSON with 'names' and 'perFace' (for each face of the file an index into the names, -1 for none), or text in the
            manner of the Princeton segmentation data. With --click in place of --labels, the labels are 'part', for the part of that mesh
            around a vertex of it, and 'rest'.
            """)

    @Option(help: ArgumentHelp("The labelled mesh.", valueName: "file"))
    var from: String

    @Option(help: ArgumentHelp("Its labels.", valueName: "file"))
    var labels: String?

    @Option(help: ArgumentHelp("A vertex of the labelled mesh, the part around which is carried over.", valueName: "vertex"))
    var click: Int?

    @Option(help: ArgumentHelp("The mesh that gets them: OBJ, OFF, PLY, STL, GLB or glTF.", valueName: "file"))
    var mesh: String

    @Option(help: ArgumentHelp("Where to write labels, meshes, a picture and result.json.", valueName: "folder"))
    var output: String?

    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        guard (labels == nil) != (click == nil) else { throw ValidationError("Give either --labels or --click.") }
    }

    func run() throws {
        try checkOutput(output, inputs: [labels], meshes: [from, mesh])
        tellMissing([from, mesh])
        let bench = try common.workbench(
            common.settings(models.preset, meshOptions), choice: models.choice, limit: meshOptions.limit)
        let source = try OpenMesh(contentsOf: from, at: bench)
        let given = try labels.map { try ShapeLabels(file: $0, of: source.mesh) } ?? part(of: source, at: bench)
        let outcome = try LabelTransfer(at: bench).run(source, given, to: OpenMesh(contentsOf: mesh, at: bench))
        let document = try TransferOutputs(outcome, at: bench).write(to: output)
        try common.run.finish(document, summary)
    }

    /// The part around the clicked vertex, and the rest.
    private func part(of source: OpenMesh, at bench: Workbench) throws -> ShapeLabels {
        let vertex = try SurfaceTarget.vertex(click ?? 0).vertex(of: source)
        let part = try source.partFinder(at: bench).part(around: vertex)
        return ShapeLabels(names: ["part", "rest"], perFace: part.fileFaceLabels(source.mesh).map { $0 ? 0 : 1 })
    }

    private func summary(_ document: TransferDocument) -> String {
        let parts = document.parts.map { "\($0.name) \(Int(($0.fraction * 100).rounded()))%" }.joined(separator: ", ")
        return "Labelled: \(parts) of the surface." + (output.map { " See \($0)/overview.png." } ?? "")
    }
}
