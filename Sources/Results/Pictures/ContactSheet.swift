import BSBCorrespondence
import BSBImages
import BSBInteractiveSegmentation
import BSBRendering
import BSBWorkbench

/// A click and the meshes that have its part, each with the part lit: the picture of a search.
package struct ContactSheet {
    /// A mesh that was found.
    package struct Item: Sendable {
        /// The mesh.
        package var mesh: OpenMesh
        /// The part, where it is known.
        package var segment: SurfaceSegment?
        /// The vertex that is ringed.
        package var vertex: Int?
        /// What stands below it.
        package var caption: String

        /// A mesh with what is shown of it.
        package init(mesh: OpenMesh, segment: SurfaceSegment?, vertex: Int?, caption: String) {
            (self.mesh, self.segment, self.vertex, self.caption) = (mesh, segment, vertex, caption)
        }
    }

    private static let columns = 4
    private static let side = RasterSize(width: 240, height: 240)

    private let photo: Image
    private let click: Pixel
    private let masks: ClickMasks
    private let items: [Item]

    /// The sheet of a click in a photo.
    package init(_ photo: Image, click: Pixel, masks: ClickMasks, items: [Item]) {
        (self.photo, self.click, self.masks, self.items) = (photo, click, masks, items)
    }

    /// The picture.
    ///
    /// Throws `Failure` if a mesh cannot be painted.
    package func image(title: String, subtitle: String, at bench: Workbench) throws -> Image {
        var panel = PhotoPanel(photo, width: 480, height: 320)
        panel.outline(masks.object, Palette.object)
        panel.fill(masks.part, Palette.part)
        panel.click(click)
        let pictures = try bench.parallelism.map(items.count) { index in
            let item = items[index]
            let marks = item.vertex.map { [MeshSides.Mark(vertex: $0, color: Palette.wanted)] } ?? []
            let sides = MeshSides(mesh: item.mesh, segment: item.segment, marks: marks, size: Self.side)
            return PictureSheet.Panel(try sides.painter()(0), item.caption)
        }
        let rows = stride(from: 0, to: pictures.count, by: Self.columns).map { start in
            Array(pictures[start..<min(start + Self.columns, pictures.count)])
        }
        return PictureSheet(
            title: title, grade: items.isEmpty ? .none : .sure, subtitle: subtitle,
            rows: [[.init(panel.image, "The click, its part (blue) and its object (amber)")]] + rows
        ).image()
    }
}
