import BSBBasics
import BSBRendering
import BSBShapes
import BSBWorkbench

/// A picture of a mesh from six sides in its own colours.
package struct MeshPortrait {
    private let mesh: OpenMesh

    /// The picture of a mesh that was read from the file `name`.
    ///
    /// Throws `Failure` if it has no surface, or a picture of a material cannot be read.
    package init(_ mesh: Mesh, name: String, up: UpAxis = .y) throws {
        self.mesh = try OpenMesh(mesh, name: name, colored: true, up: up)
    }

    /// Writes `overview.png` into a folder.
    ///
    /// Throws `Failure`.
    package func write(to path: String) throws {
        let size = RasterSize(width: 300, height: 340)
        let sides = try MeshSides(mesh: mesh, segment: nil, marks: [], size: size, surface: mesh.colors, showsMarks: false)
            .images(parallelism: Parallelism())
        let rows = [sides[..<3], sides[3...]].map { row in row.map { PictureSheet.Panel($0, "") } }
        let counts = "\(mesh.mesh.vertices.count) vertices, \(mesh.mesh.fileFaceCount) faces"
        let sheet = PictureSheet(
            title: counts, subtitle: mesh.colors == nil ? "The file gives no colors." : "In the file's own colors.",
            rows: rows)
        var folder = OutputFolder()
        folder.add("overview.png", try sheet.image().pngData())
        try folder.write(to: path)
    }
}
