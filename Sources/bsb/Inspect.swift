import ArgumentParser
import BSBResults
import BSBShapes
import Foundation

/// `bsb inspect`: what a mesh file holds, and what is odd about it.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what a mesh file holds and what is odd about it.",
        discussion: "Groups, nodes, materials, pictures that are found or missing, skins and morph targets, and what was put up with.")

    @Argument(help: ArgumentHelp("The mesh: OBJ, OFF, PLY, STL, GLB or glTF.", valueName: "file"))
    var mesh: String

    @Option(help: ArgumentHelp("Where to write a picture of it in its own colors, overview.png.", valueName: "folder"))
    var output: String?

    @OptionGroup var limit: MeshLimitOptions

    @OptionGroup var upright: UprightOptions

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    /// The report and, beside it, the contents.
    private struct Document: Encodable {
        var report: MeshReport
        var contents: MeshContents

        enum CodingKeys: String, CodingKey { case contents }

        func encode(to encoder: any Encoder) throws {
            try report.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(contents, forKey: .contents)
        }
    }

    func run() throws {
        try checkOutput(output, meshes: [mesh])
        let read = try Mesh(contentsOf: mesh, options: limit.reading)
        let (report, contents) = (MeshReport(read), MeshContents(read))
        if let output { try MeshPortrait(read, name: mesh, up: upright.up).write(to: output) }
        if json { return try Terminal.result(json: Document(report: report, contents: contents)) }
        let counts = "\(report.vertices) vertices, \(report.fileFaces) faces (\(report.triangles) triangles), area \(report.area)"
        let box = "from \(text(report.lowerBound)) to \(text(report.upperBound))"
        for line in [counts, box] + contents.lines() + report.warnings.map({ "warning: \($0)" }) { Terminal.result(line) }
    }

    private func text(_ point: SIMD3<Double>) -> String { "(\(point.x), \(point.y), \(point.z))" }
}
