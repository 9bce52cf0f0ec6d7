import BSBBasics
import BSBRendering
import BSBShapes
import BSBWorkbench
import Foundation

/// Renders pictures of a mesh as the models see it.
package struct RenderJob: Sendable {
    /// How many views there are and how they look.
    package var plan: ViewPlan
    /// Decides the views.
    package var seed: UInt64
    /// Whether depth, normals and face indices are written as well.
    package var writesBuffers: Bool
    /// Whether the mesh is painted in grey or in its own colours.
    package var surface = SurfaceLook.grey
    /// The axis that is up in the pictures.
    package var up = UpAxis.y
    /// How much may be made of the mesh file.
    package var reading = MeshReadingOptions()
    /// A single view at this azimuth and elevation in degrees, instead of the plan's cameras.
    package var angles: (azimuth: Float, elevation: Float)?

    /// A job that renders the views of `plan`.
    package init(plan: ViewPlan, seed: UInt64 = 0, writesBuffers: Bool = false) {
        self.plan = plan
        self.seed = seed
        self.writesBuffers = writesBuffers
    }

    /// What was rendered.
    package struct Document: Sendable, Codable {
        /// The mesh file, as it was named.
        package var mesh: String
        /// How many views there are and how they look.
        package var plan: ViewPlan
        /// Decides the views.
        package var seed: UInt64
        /// The views in order.
        package var views: [ViewDocument]
        /// The files written.
        package var outputs: [String]

        /// One view.
        package struct ViewDocument: Sendable, Codable {
            /// The picture.
            package var file: String
            /// In the frame of the mesh in the unit ball.
            package var camera: Camera
            /// The share of the picture that shows the mesh.
            package var coverage: Double
        }
    }

    /// Renders the mesh in the file `path` into the folder `output`.
    ///
    /// Throws `Failure`.
    package func run(mesh path: String, normalisation: Normalisation.Method, output: String) throws -> Document {
        let mesh = try OpenMesh(contentsOf: path, normalisation: normalisation, colored: surface == .texture, reading: reading)
        let views: RenderedViews
        if let angles {
            let camera = Camera(azimuth: angles.azimuth * .pi / 180, elevation: angles.elevation * .pi / 180).turned(up)
            views = RenderedViews(scene: mesh.scene, plan: plan, cameras: [camera], colors: mesh.colors)
        } else {
            let seen = RenderedViews(of: mesh, plan: plan, seed: seed)
            views =
                up == .y
                ? seen : RenderedViews(scene: mesh.scene, plan: plan, cameras: seen.cameras.map { $0.turned(up) }, colors: mesh.colors)
        }
        var document = Document(mesh: path, plan: plan, seed: seed, views: [], outputs: [])
        // View by view, since all pictures together may not fit into memory.
        for index in views.cameras.indices {
            let surfaces = views.surfaces(index)
            var folder = OutputFolder()
            folder.add("view-\(index).png", try views.image(index, surfaces: surfaces).pngData())
            if writesBuffers { addBuffers(surfaces, index, to: &folder) }
            try folder.write(to: output)
            let covered = surfaces.faceIDs.count { $0 >= 0 }
            document.views.append(
                Document.ViewDocument(
                    file: "view-\(index).png", camera: views.cameras[index],
                    coverage: Double(covered) / Double(surfaces.faceIDs.count)))
            document.outputs += folder.names
        }
        document.outputs.append("cameras.json")
        var folder = OutputFolder()
        folder.add("cameras.json", try JSONText.data(document))
        try folder.write(to: output)
        return document
    }

    private func addBuffers(_ surfaces: SurfaceBuffers, _ index: Int, to folder: inout OutputFolder) {
        let shape = [surfaces.size.height, surfaces.size.width]
        folder.add("view-\(index)-depth.npy", NumPyArray(surfaces.depth, shape: shape).encoded())
        folder.add("view-\(index)-faces.npy", NumPyArray(surfaces.faceIDs, shape: shape).encoded())
        let normals = surfaces.normals.flatMap { [$0.x, $0.y, $0.z] }
        folder.add("view-\(index)-normals.npy", NumPyArray(normals, shape: shape + [3]).encoded())
    }
}
