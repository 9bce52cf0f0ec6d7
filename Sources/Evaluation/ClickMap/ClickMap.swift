import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBRendering
import BSBWorkbench

/// Many clicks in one photo, each answered on one mesh.
///
/// They show where the mesh has a counterpart of what the photo shows, as the paper's Fig. 5 does.
package struct ClickMap: Sendable, Codable {
    /// The version of this schema.
    package var schema = 1
    /// The clicks, in the order drawn.
    package var clicks: [Click]
    /// The mean IoU of clicks with an answer, and the number of them.
    package var meanIoU: Estimate?
    /// The mean IoU at the nearest vertex of clicks without an answer.
    package var meanIoUWithout: Estimate?
    /// The models that were used.
    package var models: [ModelIdentity]

    /// One click.
    package struct Click: Sendable, Codable, Hashable {
        /// The column.
        package var x: Int
        /// The row.
        package var y: Int
        /// The answer; absent if there is none.
        package var vertex: Int?
        /// The most similar vertex.
        package var nearest: Int?
        /// IoU of the clicked part with the part that the answer leads back to; without an answer, that the most similar vertex leads to.
        package var iou: Double
        /// The share of candidates that qualify.
        package var qualifyingShare: Double
    }

    /// Clicks `count` pixels of an object, drawn evenly at random.
    ///
    /// - Parameters:
    ///   - photo: the photo.
    ///   - object: a click on the object.
    ///   - mesh: the mesh that is matched.
    ///   - count: how many pixels of the object's mask are clicked.
    ///   - bench: what it works with.
    /// - Throws: `Failure` if the object's mask is empty or a model cannot be run.
    package init(of photo: OpenPhoto, object: BSBWorkbench.Click, on mesh: OpenMesh, count: Int, at bench: Workbench) throws {
        _ = try mesh.features(at: bench)
        let pixels = try Self.pixels(of: photo.masks(of: object, at: bench).object, count: count, seed: bench.settings.seed)
        var asking = bench
        asking.parallelism = Parallelism(threads: 1)
        let worker = asking
        clicks = try bench.parallelism.map(pixels.count) {
            try Self.answer(to: pixels[$0], object: object.pixel, in: photo, on: mesh, worker)
        }
        meanIoU = Self.meanIoU(of: clicks.filter { $0.vertex != nil })
        meanIoUWithout = Self.meanIoU(of: clicks.filter { $0.vertex == nil })
        models = bench.models
    }

    private static func meanIoU(of clicks: [Click]) -> Estimate? {
        Bootstrap().mean(of: clicks.map(\.iou), clusters: Array(clicks.indices))
    }

    /// Pixels of a mask, each as likely as any other, none twice.
    static func pixels(of mask: Mask, count: Int, seed: UInt64) throws -> [Pixel] {
        var inside = mask.pixels
        guard !inside.isEmpty else {
            throw Failure(.badInput, "clicking all over the object", reason: "the segmenter finds no object at the click")
        }
        var generator = SeededGenerator(seed: seed, stream: 0x11A9)
        for i in 0..<min(count, inside.count) { inside.swapAt(i, i + generator.index(below: inside.count - i)) }
        return Array(inside.prefix(count))
    }

    private static func answer(
        to pixel: Pixel, object: Pixel, in photo: OpenPhoto, on mesh: OpenMesh, _ bench: Workbench
    ) throws -> Click {
        let click = BSBWorkbench.Click(pixel, objectPixel: object)
        let answer = try bench.answer(click, in: photo, on: mesh, wantsPart: false)
        let found = answer.correspondence
        var iou = found.buddy?.iou
        if let back = (found.buddy ?? found.candidates.first)?.pixel, iou == nil {
            iou = try photo.answer(at: back, at: bench).mask(bench.settings.matching.partLevel).intersectionOverUnion(answer.masks.part)
        }
        let share = ExistenceEvidence(found).qualifyingShare
        return Click(
            x: pixel.x, y: pixel.y, vertex: found.buddy?.vertex, nearest: found.candidates.first?.vertex,
            iou: SampleJudge.rounded(Double(iou ?? 0)), qualifyingShare: SampleJudge.rounded(share))
    }
}

extension ClickMap {
    /// The photo with a disc for each click, coloured by IoU and ringed red where there is no answer; the photo with the answers' places
    /// as colours; and the mesh in the same colours from two sides.
    ///
    /// Throws `Failure` if the mesh cannot be painted.
    package func picture(of photo: OpenPhoto, on mesh: OpenMesh, side: Int = 480) throws -> Image {
        let scale = Float(side) / Float(max(photo.image.width, photo.image.height))
        let small = photo.image.resized(longestSide: side)
        let radius = Float(side) / 64
        var (left, middle) = (Canvas(small), Canvas(small))
        let corner = SIMD2(Float(small.width), Float(small.height))
        left.fillRectangle(from: .zero, to: corner, .black, opacity: 0.35)
        middle.fillRectangle(from: .zero, to: corner, .black, opacity: 0.35)
        let colors = Self.colors(of: mesh)
        for click in clicks {
            let place = SIMD2(Float(click.x) + 0.5, Float(click.y) + 0.5) * scale
            if click.vertex == nil { left.fillDisc(place, radius: radius + 3, Color(hex: 0xE4264B)) }
            left.fillDisc(place, radius: radius, ColorMap.sequential(Float(click.iou)))
            guard let vertex = click.vertex else { continue }
            let levels = (colors[vertex] * 255).rounded(.toNearestOrAwayFromZero)
            let (r, g, b) = (UInt32(levels.x), UInt32(levels.y), UInt32(levels.z))
            middle.fillDisc(place, radius: radius + 1, .white)
            middle.fillDisc(place, radius: radius, Color(hex: r << 16 | g << 8 | b))
        }
        let painter = PictureRenderer(mesh.scene, shading: .presentation)
        let directions: [SIMD3<Float>] = [[0.6, 0.4, 0.7], [-0.6, 0.4, -0.7]]
        let sides = try directions.map { direction in
            let size = RasterSize(side)
            let camera = Camera.framing(mesh.scene.mesh.vertices, from: direction, size: size)
            return try painter.picture(from: camera, size: size, vertexColors: colors).image
        }
        return Image.row([left.image, middle.image] + sides, spacing: 8)
    }

    /// #V colours that say where on the mesh a vertex is.
    private static func colors(of mesh: OpenMesh) -> [SIMD3<Float>] {
        let vertices = mesh.scene.mesh.vertices
        let low = vertices.reduce(SIMD3<Float>(repeating: .infinity)) { pointwiseMin($0, $1) }
        let high = vertices.reduce(SIMD3<Float>(repeating: -.infinity)) { pointwiseMax($0, $1) }
        let extent = (high - low).replacing(with: 1, where: (high - low) .< 1e-6)
        return vertices.map { (($0 - low) / extent * 0.85 + 0.1).clamped(lowerBound: .zero, upperBound: .one) }
    }
}
