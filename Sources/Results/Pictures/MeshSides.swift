import BSBBasics
import BSBImages
import BSBInteractiveSegmentation
import BSBRendering
import BSBWorkbench
import Foundation

/// Pictures of a mesh from six sides, with its part in colour and rings around marked vertices.
struct MeshSides {
    /// A vertex to be marked.
    struct Mark {
        var vertex: Int
        var color: Color
    }

    let mesh: OpenMesh
    let segment: SurfaceSegment?
    /// The first picture looks at the first of them.
    let marks: [Mark]
    let size: RasterSize
    /// #V colours in place of the part's.
    var colors: [SIMD3<Float>]?
    /// The mesh's own colours, in place of all others.
    var surface: SurfaceColors?
    /// Whether rings are drawn; marks decide the first view in any case.
    var showsMarks = true

    static let count = 6

    /// The six pictures.
    ///
    /// Throws `Failure` if the mesh cannot be painted.
    func images(parallelism: Parallelism) throws -> [Image] {
        try parallelism.map(Self.count, painter())
    }

    /// What paints each of the six pictures, which may be asked for side by side.
    ///
    /// It throws `Failure` if the mesh cannot be painted.
    func painter() -> @Sendable (Int) throws -> Image {
        let painter = PictureRenderer(mesh.scene, shading: .presentation, colors: surface)
        let colors = surface == nil ? vertexColors : nil
        let cameras = cameras
        return { index in
            let picture = try painter.picture(from: cameras[index], size: size, vertexColors: colors).image
            return showsMarks ? marked(picture, cameras[index]) : picture
        }
    }

    private var vertexColors: [SIMD3<Float>] {
        colors ?? segment.map(Palette.colors) ?? [SIMD3<Float>](repeating: Palette.rest, count: mesh.mesh.vertices.count)
    }

    /// Six cameras around the mesh; the first shows the part best, or looks at the first mark where there is no part.
    private var cameras: [Camera] {
        if let azimuth = telling { return (0..<Self.count).map { camera(azimuth + Float($0) * .pi / 3, Self.elevation) } }
        var (azimuth, elevation) = (Float.pi / 6, Self.elevation)
        if let vertex = marks.first?.vertex {
            let normal = mesh.up.upright(mesh.surface.normals[vertex])
            if normal.x != 0 || normal.z != 0 { azimuth = Float(atan2(Double(normal.z), Double(normal.x))) }
            elevation = min(max(Float(asin(Double(min(max(normal.y, -1), 1)))), -0.6), 0.6)
        }
        return (0..<Self.count).map { side in
            side == 0 ? front(azimuth, elevation) : camera(azimuth + Float(side) * .pi / 3, Self.elevation)
        }
    }

    private static let elevation = Float.pi / 9

    /// The azimuth from which the part is seen best; nil without a part, or if no side shows it.
    ///
    /// Of the sides that show nearly as much of the part as any, the one with the most creases and outlines: it tells most of the object.
    private var telling: Float? {
        guard let labels = segment?.vertexLabels else { return nil }
        let sides = (0..<12).map { index -> (azimuth: Float, shown: Int, creases: Int) in
            let azimuth = Float(index) * .pi / 6
            let (shown, creases) = view(from: camera(azimuth, Self.elevation), of: labels)
            return (azimuth, shown, creases)
        }
        let most = sides.map(\.shown).max() ?? 0
        guard most > 0 else { return nil }
        return sides.filter { 5 * $0.shown >= 4 * most }.max { $0.creases < $1.creases }?.azimuth
    }

    /// The pixels of a small picture that show the part, and the neighbouring pixels on whose border the surface turns or ends.
    private func view(from camera: Camera, of labels: [Bool]) -> (shown: Int, creases: Int) {
        let size = RasterSize(width: 72, height: 72)
        let seen = mesh.scene.surfaces(from: camera, size: size)
        let faces = mesh.scene.mesh.faces
        var (shown, creases) = (0, 0)
        for pixel in seen.faceIDs.indices where seen.faceIDs[pixel] >= 0 {
            let face = faces[Int(seen.faceIDs[pixel])]
            if (0..<3).count(where: { labels[Int(face[$0])] }) >= 2 { shown += 1 }
            for other in [pixel + 1, pixel + size.width] where other < seen.faceIDs.count {
                let isEdge = seen.faceIDs[other] < 0 || (seen.normals[pixel] * seen.normals[other]).sum() < 0.8
                creases += isEdge ? 1 : 0
            }
        }
        return (shown, creases)
    }

    private func camera(_ azimuth: Float, _ elevation: Float) -> Camera {
        Camera.framing(
            mesh.scene.mesh.vertices, from: mesh.up.direction(Camera(azimuth: azimuth, elevation: elevation).eye),
            up: mesh.up.direction([0, 1, 0]), size: size)
    }

    /// A camera at these angles, or turned from there as little as it takes to see the first mark, if turning helps.
    private func front(_ azimuth: Float, _ elevation: Float) -> Camera {
        let straight = camera(azimuth, elevation)
        guard let vertex = marks.first?.vertex else { return straight }
        let turns: [(Float, Float)] = [
            (0, 0), (0.4, 0), (-0.4, 0), (0, -0.4), (0, 0.4), (0.8, 0), (-0.8, 0), (0.6, -0.5), (-0.6, -0.5), (1.2, 0), (-1.2, 0),
            (0, -0.8),
        ]
        let cameras = turns.lazy.map { camera(azimuth + $0, min(max(elevation + $1, -1.3), 1.3)) }
        return cameras.first { mesh.scene.areVisible([vertex], from: [$0.eye])[0] } ?? straight
    }

    /// The picture with rings around the marks that can be seen.
    private func marked(_ picture: Image, _ camera: Camera) -> Image {
        var canvas = Canvas(picture)
        for mark in marks {
            guard let position = sight(of: mark.vertex, camera) else { continue }
            canvas.strokeDisc(position, radius: 9, .white, thickness: 5)
            canvas.strokeDisc(position, radius: 9, mark.color, thickness: 3)
        }
        return canvas.image
    }

    private func sight(of vertex: Int, _ camera: Camera) -> SIMD2<Float>? {
        guard mesh.scene.areVisible([vertex], from: [camera.eye])[0] else { return nil }
        return camera.project(mesh.scene.mesh.vertices[vertex], size: size)?.position
    }
}
