import BSBCorrespondence
import BSBImages
import BSBInteractiveSegmentation
import BSBLinearAlgebra
import BSBRendering
import BSBShapes
import BSBTexturing
import BSBWorkbench
import Foundation

/// How a part gets the photo's look.
package enum TextureMode: String, Sendable, Hashable, Codable, CaseIterable {
    /// The photo's pixels, laid onto the part.
    case image
    /// The part in the photo's typical colour: the median of each channel.
    case colour
}

/// Paints the part of a photo onto the matching part of a mesh.
package struct TextureJob: Sendable {
    /// Everything known after painting.
    package struct Outcome: Sendable {
        /// The match.
        package var match: Answer
        /// The mesh in the file's units with its new look, if there is a correspondence.
        package var painted: Mesh?
        /// How the part was laid onto the photo, in image mode.
        package var alignment: PhotoAlignment?
        /// The picture that was made, in image mode.
        package var texture: PartTexture?
        /// Pairs of vertices and pixels that were found.
        package var pairs = 0
        /// How the painted mesh compares with the photo when it is seen from the photo's side, in image mode.
        package var check: ReprojectionCheck?
        /// Seconds by stage.
        package var timings: [String: Double] = [:]
    }

    /// The painted mesh, seen as the photo sees it, compared with the photo.
    package struct ReprojectionCheck: Sendable, Hashable, Codable {
        /// Pixels of the part mask that were compared.
        package var pixels: Int
        /// The share of the part mask's pixels that show fully painted surface.
        package var coverage: Double
        /// Mean absolute difference of a channel in 0...1.
        package var meanDifference: Double
        /// The same for a part painted evenly in the photo's mean colour: what a picture must beat.
        package var meanDifferenceOfPlainColour: Double
    }

    private let bench: Workbench
    private let mode: TextureMode
    private let options: TextureOptions

    /// A job that works at `bench`.
    package init(at bench: Workbench, mode: TextureMode = .image, options: TextureOptions = TextureOptions()) {
        self.bench = bench
        self.mode = mode
        self.options = options
    }

    /// Paints the clicked part of the photo `image` onto the mesh in the file `mesh`.
    ///
    /// Throws `Failure` for inputs that cannot be used; a part that the mesh lacks is an outcome, not an error.
    package func run(image: String, click: Click, mesh: String) throws -> Outcome {
        let photo = try OpenPhoto(contentsOf: image)
        // The click first: it fails fast, and the mesh may take long.
        _ = try photo.masks(of: click, at: bench)
        return try run(bench.answer(click, in: photo, on: OpenMesh(contentsOf: mesh, at: bench)))
    }

    /// Paints what was matched.
    ///
    /// Throws `Failure` if the part cannot be laid out.
    package func run(_ match: Answer) throws -> Outcome {
        var outcome = Outcome(match: match)
        guard let buddy = match.correspondence.buddy, let segment = match.segment else { return outcome }
        var watch = Stopwatch()
        switch mode {
        case .colour: outcome.painted = colored(match, segment)
        case .image: try paint(&outcome, segment, facing: buddy.vertex, &watch)
        }
        outcome.timings = watch.seconds
        return outcome
    }

    // MARK: Colour

    private func colored(_ match: Answer, _ segment: SurfaceSegment) -> Mesh {
        var mesh = match.mesh.mesh
        let color = Self.medianColor(match.photo.image, match.masks.part)
        if mesh.appearance?.isVisible == true || mesh.vertexColors != nil {
            // The rest keeps its own look, so that the part ends where its faces end.
            let labels = segment.fileFaceLabels(mesh)
            mesh.appearance = SurfaceAppearance(
                materials: [.init(name: "rest", color: options.rest), .init(name: "part", color: color)],
                materialOfFace: mesh.fileFace.map { labels[Int($0)] ? 1 : 0 },
                coordinates: [SIMD2<Float>](repeating: SIMD2(.nan, .nan), count: 3 * mesh.faces.count))
            mesh.vertexColors = nil
            return mesh
        }
        mesh.appearance = nil
        mesh.vertexColors = Self.amounts(segment).map { options.rest + (color - options.rest) * $0 }
        return mesh
    }

    /// The median of each channel over a mask, in 0...1.
    static func medianColor(_ image: Image, _ mask: Mask) -> SIMD3<Float> {
        var counts = [[Int]](repeating: [Int](repeating: 0, count: 256), count: 3)
        var all = 0
        mask.forEachSpan { y, range in
            for x in range {
                let color = image[x, y]
                counts[0][Int(color.red)] += 1
                counts[1][Int(color.green)] += 1
                counts[2][Int(color.blue)] += 1
                all += 1
            }
        }
        var color = SIMD3<Float>.zero
        for channel in 0..<3 {
            var (level, below) = (0, 0)
            while level < 255, 2 * (below + counts[channel][level]) <= all {
                below += counts[channel][level]
                level += 1
            }
            color[channel] = Float(level) / 255
        }
        return color
    }

    /// #V: how much of the photo's colour a vertex gets; it falls off over a narrow band at the part's border.
    static func amounts(_ segment: SurfaceSegment) -> [Float] {
        segment.probability.map { probability in
            let t = min(max((probability - segment.threshold) / 0.2 + 0.5, 0), 1)
            return t * t * (3 - 2 * t)
        }
    }

    // MARK: Picture

    private func paint(
        _ outcome: inout Outcome, _ segment: SurfaceSegment, facing vertex: Int, _ watch: inout Stopwatch
    ) throws {
        let match = outcome.match
        let placed = match.mesh.scene.mesh
        let amounts = Self.amounts(segment)
        let faces = placed.faces.indices.filter { face in (0..<3).contains { amounts[Int(placed.faces[face][$0])] > 0 } }
        let part = SurfacePart(faces, of: placed)
        guard !part.triangles.isEmpty else { return }
        let features = try match.mesh.features(at: bench)
        let pairs = watch.measure("pairs") { self.pairs(match, part, segment, features) }
        outcome.pairs = pairs.count
        let pose = watch.measure("pose") {
            ObjectPose.find(
                features, of: match.mesh, in: match.features, object: match.masks.object, parallelism: bench.parallelism)
        }
        let view = pose?.camera ?? .looking(from: SIMD3<Double>(match.mesh.surface.normals[vertex]))
        let alignment = try watch.measure("alignment") {
            try PhotoAlignment(part, pairs: pairs, mask: match.masks.part, view: view, seed: bench.settings.seed)
        }
        let texture = try watch.measure("painting") {
            try PartTexture(
                part, of: placed, alignment: alignment, photo: match.photo.image, mask: match.masks.part,
                amount: part.vertices.map { amounts[$0] }, options: options)
        }
        var painted = match.mesh.mesh
        painted.vertexColors = nil
        painted.appearance = texture.appearance
        (outcome.painted, outcome.alignment, outcome.texture) = (painted, alignment, texture)
        outcome.check = try watch.measure("check") { try check(painted, match, alignment, amounts) }
    }

    /// Points of the part and pixels of the mask that are each other's most similar, or nearly so.
    private func pairs(
        _ match: Answer, _ part: SurfacePart, _ segment: SurfaceSegment, _ surface: SurfaceFeatures
    ) -> [SurfacePixelPair] {
        let limit = 600
        let inside = part.vertices.indices.filter { segment.vertexLabels[part.vertices[$0]] }
        let points = stride(from: 0, to: inside.count, by: max(1, inside.count / limit)).map { inside[$0] }
        let comparison = PixelSimilarity(match.features)
        let pixels = PixelSimilarity.lattice(in: match.masks.part, spacing: max(1, comparison.spacing / 2), limit: limit)
        guard !points.isEmpty, !pixels.isEmpty else { return [] }
        let features = surface.values(at: points.map { part.vertices[$0] }).withNormalizedRows()
        let cosines = Matrix.product(features.factor, comparison.directions(at: pixels).transposed, parallelism: bench.parallelism)
        let there = points.indices.map { row in pixels.indices.max { cosines[row, $0] < cosines[row, $1] }! }
        let back = pixels.indices.map { column in points.indices.max { cosines[$0, column] < cosines[$1, column] }! }
        let low = part.positions.reduce(part.positions[0]) { pointwiseMin($0, $1) }
        let high = part.positions.reduce(part.positions[0]) { pointwiseMax($0, $1) }
        let reach = 0.15 * ((high - low) * (high - low)).sum().squareRoot()
        return points.indices.compactMap { row in
            let offset = part.positions[points[back[there[row]]]] - part.positions[points[row]]
            guard (offset * offset).sum().squareRoot() <= reach else { return nil }
            let pixel = pixels[there[row]].center
            return SurfacePixelPair(point: points[row], pixel: SIMD2(Double(pixel.x), Double(pixel.y)))
        }
    }

    /// Casts a ray for each of up to 4000 pixels of the part mask along the photo's direction and compares what it hits with the photo.
    private func check(
        _ painted: Mesh, _ match: Answer, _ alignment: PhotoAlignment, _ amounts: [Float]
    ) throws -> ReprojectionCheck {
        var placed = match.mesh.scene.mesh
        (placed.appearance, placed.vertexColors) = (painted.appearance, nil)
        guard let colors = try SurfaceColors(placed) else {
            return .init(pixels: 0, coverage: 0, meanDifference: 0, meanDifferenceOfPlainColour: 0)
        }
        let pixels = PixelSimilarity.lattice(in: match.masks.part, spacing: 1, limit: 4000)
        let rays = pixels.map { pixel -> Ray in
            let foot = alignment.camera.point(at: SIMD2(Double(pixel.x) + 0.5, Double(pixel.y) + 0.5))
            let eye = SIMD3<Float>(foot + alignment.towardsEye * 8)
            return Ray(origin: eye, direction: SIMD3<Float>(-alignment.towardsEye), near: 0, far: 16)
        }
        var (count, difference, plain) = (0, 0.0, 0.0)
        let mean = Self.meanColor(match.photo.image, pixels)
        for (pixel, hit) in zip(pixels, match.mesh.scene.nearestHits(rays)) {
            guard let hit else { continue }
            let weights = SIMD3(1 - hit.barycentrics.x - hit.barycentrics.y, hit.barycentrics.x, hit.barycentrics.y)
            let corners = placed.faces[Int(hit.face)]
            let amount = (0..<3).reduce(Float(0)) { $0 + amounts[Int(corners[$1])] * weights[$1] }
            // Where the paint fades into the rest, the photo is not what is shown.
            guard amount > 0.95 else { continue }
            let wanted = match.photo.image[pixel.x, pixel.y].unit
            let seen = colors.color(face: Int(hit.face), weights: weights)
            count += 1
            difference += Double((0..<3).reduce(Float(0)) { $0 + abs(seen[$1] - wanted[$1]) } / 3)
            plain += Double((0..<3).reduce(Float(0)) { $0 + abs(mean[$1] - wanted[$1]) } / 3)
        }
        let each = Double(max(1, count))
        return ReprojectionCheck(
            pixels: count, coverage: Double(count) / Double(max(1, pixels.count)), meanDifference: difference / each,
            meanDifferenceOfPlainColour: plain / each)
    }

    private static func meanColor(_ image: Image, _ pixels: [Pixel]) -> SIMD3<Float> {
        let sum = pixels.reduce(SIMD3<Float>.zero) { $0 + image[$1.x, $1.y].unit }
        return sum / Float(max(1, pixels.count))
    }
}
