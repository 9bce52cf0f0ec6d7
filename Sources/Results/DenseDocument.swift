import BSBAnswering
import BSBBasics
import BSBImages
import BSBRegistration
import BSBRendering
import BSBShapes
import BSBWorkbench

/// How each pixel of an object was given its point, as `result.json` holds it.
package struct DenseDocument: Sendable, Codable {
    /// Pixels of the photo from one entry of the arrays to the next: entry [y, x] is of the photo's place ((x + 0.5) step, (y + 0.5) step).
    package var step: Double
    /// Entries that have a point.
    package var pixels: Int
    /// Vertices that have a pixel.
    package var vertices: Int
    /// The mean confidence of the entries that have a point.
    package var confidence: Double
    /// How well the view covers the object and looks like it, at most about 1.
    package var score: Double
    /// Triangles of the warp that are folded over; 0 for a map that keeps neighbours together.
    package var folds: Int
    /// The unit direction from the mesh to the eye, in the file's axes.
    package var towardsEye: [Double]

    init(_ outcome: DenseJob.Outcome, of mesh: OpenMesh) {
        step = outcome.step
        pixels = outcome.spots.count { $0 != nil }
        vertices = outcome.places.count { $0 != nil }
        confidence = Double(outcome.confidence.reduce(0, +)) / Double(max(1, pixels))
        (score, folds) = (outcome.map.score, outcome.map.folds)
        let towards = outcome.map.camera.towards
        towardsEye = [towards.x, towards.y, towards.z]
    }
}

/// The arrays and the picture of a dense map.
struct DenseFiles {
    private let outcome: DenseJob.Outcome
    private let photo: OpenPhoto
    private let mesh: OpenMesh
    private let parallelism: Parallelism

    init(_ outcome: DenseJob.Outcome, photo: OpenPhoto, mesh: OpenMesh, parallelism: Parallelism) {
        (self.outcome, self.photo, self.mesh, self.parallelism) = (outcome, photo, mesh, parallelism)
    }

    /// Adds the arrays and the picture.
    ///
    /// Throws `Failure` if the mesh cannot be painted.
    func add(to folder: inout OutputFolder) throws {
        let (spots, shape) = (outcome.spots, [outcome.height, outcome.width])
        func file(_ name: String, _ array: NumPyArray) { folder.add(name, array.encoded()) }
        let faces = mesh.mesh.faces
        file("dense_faces.npy", NumPyArray(spots.map { $0.map { Int32(mesh.mesh.fileFace[Int($0.face)]) } ?? -1 }, shape: shape))
        file(
            "dense_corners.npy",
            NumPyArray(
                spots.flatMap { spot -> [Int32] in
                    spot.map { spot in (0..<3).map { Int32(faces[Int(spot.face)][$0]) } } ?? [-1, -1, -1]
                }, shape: shape + [3]))
        file(
            "dense_weights.npy",
            NumPyArray(spots.flatMap { spot in (0..<3).map { spot?.weights[$0] ?? .nan } }, shape: shape + [3]))
        file(
            "dense_points.npy",
            NumPyArray(
                spots.flatMap { spot -> [Float] in
                    let point = spot.map { mesh.normalisation.fileUnits(mesh.scene.position(of: $0)) }
                    return (0..<3).map { point?[$0] ?? .nan }
                }, shape: shape + [3]))
        file("dense_confidence.npy", NumPyArray(outcome.confidence, shape: shape))
        file(
            "vertex_pixels.npy",
            NumPyArray(
                outcome.places.flatMap { place in place.map { [Float($0.x), Float($0.y)] } ?? [.nan, .nan] },
                shape: [outcome.places.count, 2]))
        folder.add("dense.png", try picture().pngData())
    }

    /// Colours by place: one for each point of the box around the mesh.
    private var color: @Sendable (SIMD3<Float>) -> SIMD3<Float> {
        let vertices = mesh.scene.mesh.vertices
        let used = vertices.indices.filter { mesh.referenced[$0] }.map { vertices[$0] }
        let low = used.reduce(used.first ?? .zero) { pointwiseMin($0, $1) }
        let extent = used.reduce(used.first ?? .zero) { pointwiseMax($0, $1) } - low
        return { point in
            let t = (point - low) / pointwiseMax(extent, SIMD3(repeating: 1e-6))
            // Rings show how far points are moved where the colour alone would not.
            let ring: Float = Int((t.y * 12).rounded(.down)) % 2 == 0 ? 1 : 0.82
            return (t * 0.9 + 0.08) * ring
        }
    }

    private func picture() throws -> Image {
        let color = color
        var painted = photo.image
        for y in 0..<painted.height {
            for x in 0..<painted.width {
                let (column, row) = (Int((Double(x) + 0.5) / outcome.step), Int((Double(y) + 0.5) / outcome.step))
                guard column < outcome.width, row < outcome.height, let spot = outcome.spots[row * outcome.width + column] else { continue }
                let shown = color(mesh.scene.position(of: spot)) * 255
                painted[x, y] = Color(UInt8(min(max(shown.x, 0), 255)), UInt8(min(max(shown.y, 0), 255)), UInt8(min(max(shown.z, 0), 255)))
            }
        }
        let confidence = Image.greyRamp(outcome.confidence, width: outcome.width, height: outcome.height)
        let marks = outcome.places.indices.filter { outcome.places[$0] != nil }.prefix(1).map { MeshSides.Mark(vertex: $0, color: .black) }
        let sides = try MeshSides(
            mesh: mesh, segment: nil, marks: Array(marks), size: RasterSize(width: 300, height: 320),
            colors: mesh.scene.mesh.vertices.map(color), showsMarks: false
        ).images(parallelism: parallelism)
        func panel(_ image: Image) -> Image { PhotoPanel(image, width: 400, height: 320).image }
        return PictureSheet(
            title: "Each pixel has a point", grade: .sure, subtitle: "A point has one colour in the photo and on the mesh.",
            rows: [
                [
                    .init(panel(photo.image), "The photo"), .init(panel(painted), "The points of its pixels"),
                    .init(panel(confidence), "How sure they are"),
                ],
                sides[..<4].map { .init($0, "") },
            ]
        ).image()
    }
}

extension Image {
    /// Numbers from 0 to 1 as shades from dark to bright.
    fileprivate static func greyRamp(_ values: [Float], width: Int, height: Int) -> Image {
        Image(
            width: width, height: height,
            pixels: values.flatMap { value -> [UInt8] in
                let color = ColorMap.sequential(value)
                return [color.red, color.green, color.blue]
            })
    }
}
