import BSBAnswering
import ArgumentParser
import BSBBasics
import Foundation
import BSBResults
import BSBShapes
import BSBWorkbench

/// `bsb inspect`: what a mesh file holds, and what is odd about it.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Tell what a mesh file holds and what is odd about it.")

    @Argument(help: ArgumentHelp("The mesh: OBJ, OFF, PLY, STL, GLB or glTF.", valueName: "file"))
    var mesh: String

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    func run() throws {
        let mesh = try Mesh(contentsOf: mesh)
        let report = MeshReport(mesh)
        if json {
            try Terminal.result(json: report)
        } else {
            Terminal.result("\(report.vertices) vertices, \(report.fileFaces) faces (\(report.triangles) triangles), area \(report.area)")
            Terminal.result("from \(text(report.lowerBound)) to \(text(report.upperBound))")
            for warning in report.warnings { Terminal.result("warning: \(warning)") }
        }
    }

    private func text(_ point: SIMD3<Float>) -> String { "(\(point.x), \(point.y), \(point.z))" }
}
