import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBInteractiveSegmentation
import BSBRegistration
import BSBRendering
import BSBShapes
import BSBTexturing
import BSBWorkbench

/// How a part gets the photo's look.
package enum TextureMode: String, Sendable, Hashable, Codable, CaseIterable {
    /// The photo's pixels, laid onto the part.
    case image
    /// The photo's colours and pattern all over the part, where its pixels would not fit.
    case style
    /// The part in the photo's typical colour: the median of each channel.
    case colour
}

/// What is painted.
package enum TextureScope: String, Sendable, Hashable, Codable {
    /// The part that the click means.
    case part
    /// All of the mesh, from all of the object.
    case object
}

/// Paints the part of a photo onto the matching part of a mesh, or a whole object onto a mesh.
package struct TextureJob: Sendable {
    /// Everything known after painting.
    package struct Outcome: Sendable {
        /// The match.
        package var match: Answer
        /// What of the photo was painted: the part, or the object.
        package var mask: Mask
        /// The mesh in the file's units with its new look, if there is a correspondence.
        package var painted: Mesh?
        /// How the photo sees what was painted, in image mode.
        package var map: DenseMap?
        /// The plane by which unseen points take the colour of seen ones, in image mode, if the mesh is symmetric.
        package var mirror: MirrorPlane?
        /// The picture that was made, in image mode.
        package var texture: PartTexture?
        /// How the painted mesh compares with the photo when it is seen from the photo's side, in image mode.
        package var check: ReprojectionCheck?
        /// Seconds by stage.
        package var timings: [String: Double] = [:]
    }

    private let bench: Workbench
    private let mode: TextureMode
    private let scope: TextureScope
    private let options: TextureOptions

    /// A job that works at `bench`.
    package init(
        at bench: Workbench, mode: TextureMode = .image, scope: TextureScope = .part, options: TextureOptions = TextureOptions()
    ) {
        self.bench = bench
        self.mode = mode
        self.scope = scope
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

    /// Paints what was matched, or all of the object whether its part was matched or not.
    ///
    /// Throws `Failure` if the part cannot be laid out.
    package func run(_ match: Answer) throws -> Outcome {
        var outcome = Outcome(match: match, mask: scope == .object ? match.masks.object : match.masks.part)
        guard let amounts = amounts(match) else { return outcome }
        var watch = Stopwatch()
        switch mode {
        case .colour: outcome.painted = colored(match, outcome.mask, amounts)
        case .image, .style: try paint(&outcome, amounts, &watch)
        }
        outcome.timings = watch.seconds
        return outcome
    }

    /// #V: how much of the photo's colour a vertex gets; nil where there is nothing to paint.
    private func amounts(_ match: Answer) -> [Float]? {
        switch scope {
        case .object: match.masks.object.isEmpty ? nil : match.mesh.referenced.map { $0 ? 1 : 0 }
        case .part: match.correspondence.buddy == nil ? nil : match.segment.map { Self.amounts($0, at: match.mesh.scene.mesh.vertices) }
        }
    }

    // MARK: Colour

    private func colored(_ match: Answer, _ mask: Mask, _ amounts: [Float]) -> Mesh {
        var mesh = match.mesh.mesh
        let color = Self.medianColor(match.photo.image, mask)
        if scope == .part, mesh.appearance?.isVisible == true || mesh.vertexColors != nil, let segment = match.segment {
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
        mesh.vertexColors = amounts.map { options.rest + (color - options.rest) * $0 }
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

    /// #V: how much of the photo's colour a vertex gets: all in the part and none elsewhere, but for a narrow band at the border, where it falls off
    /// with the probability.
    ///
    /// - Parameter positions: #V, in the unit ball.
    /// - Complexity: O(#V log #V).
    static func amounts(_ segment: SurfaceSegment, at positions: [SIMD3<Float>]) -> [Float] {
        let labels = segment.vertexLabels
        var amounts = labels.map { $0 ? Float(1) : 0 }
        let blends = segment.probability.map { ($0 - segment.threshold) / 0.2 + 0.5 }
        for side in [false, true] {
            let unclear = labels.indices.filter { labels[$0] == side && blends[$0] > 0 && blends[$0] < 1 }
            guard !unclear.isEmpty else { continue }
            let others = labels.indices.filter { labels[$0] != side }.map { positions[$0] }
            let tree = NearestPoint(others)
            for vertex in unclear {
                guard let nearest = tree.nearest(to: positions[vertex]) else { continue }
                let (offset, t) = (others[nearest] - positions[vertex], blends[vertex])
                if (offset * offset).sum() <= bandWidth * bandWidth { amounts[vertex] = t * t * (3 - 2 * t) }
            }
        }
        return amounts
    }

    /// How wide the band at the border of a part is on either side, in radii of the mesh.
    private static let bandWidth: Float = 0.03

    // MARK: Picture

    private func paint(_ outcome: inout Outcome, _ amounts: [Float], _ watch: inout Stopwatch) throws {
        let match = outcome.match
        let placed = match.mesh.scene.mesh
        func most(_ face: Int) -> Float { (0..<3).map { amounts[Int(placed.faces[face][$0])] }.max()! }
        let part = SurfacePart(placed.faces.indices.filter { most($0) > 0 }, of: placed)
        guard !part.triangles.isEmpty else { return }
        guard let found = try watch.measure("registration", { try registration(match) }) else { return }
        var map = found.map
        if scope == .object { outcome.mask = found.object }
        if mode == .image {
            map = try watch.measure(scope == .object ? "parts" : "registration") {
                scope == .object
                    ? try found.matcher.refined(map, parts: parts(match, found.object))
                    : try found.matcher.refined(map, part: placed.faces.indices.map { most($0) > 0.5 }, mask: match.masks.part)
            }
        }
        let mirror =
            mode == .style
            ? nil
            : watch.measure("symmetry") {
                MirrorPlane(of: match.mesh.scene.samples(count: 2000).map(match.mesh.scene.position)).flatMap { $0.isSymmetric ? $0 : nil }
            }
        let views = SurfaceViews(map: map, mirror: mirror, parallelism: bench.parallelism)
        let seen: (([PaintedPoint]) -> [PhotoView])? = mode == .image ? { views($0) } : nil
        let texture = try watch.measure("painting") {
            try PartTexture(
                part, of: placed, right: map.camera.right, up: map.camera.up, photo: match.photo.image, mask: outcome.mask,
                amount: part.vertices.map { amounts[$0] }, options: options, pixelsPerUnit: map.camera.scale, views: seen)
        }
        var painted = match.mesh.mesh
        painted.vertexColors = nil
        painted.appearance = texture.appearance
        (outcome.painted, outcome.map, outcome.mirror, outcome.texture) = (painted, map, mirror, texture)
        if mode == .image {
            outcome.check = try watch.measure("check") { try ReprojectionCheck(painted, match, map, outcome.mask, amounts) }
        }
    }

    /// The object laid over the mesh.
    ///
    /// A whole object is tried by the segmenter's next smaller mask as well: where the largest takes in what is beside the object, the mesh
    /// covers the smaller one better.
    private func registration(_ match: Answer) throws -> (object: Mask, matcher: DenseMatcher, map: DenseMap)? {
        let features = try match.mesh.features(at: bench)
        var best: (object: Mask, matcher: DenseMatcher, map: DenseMap)?
        for object in try objects(match) {
            let matcher = DenseMatcher(
                match.features, object: object, surface: features, of: match.mesh.scene, parallelism: bench.parallelism)
            guard let map = try matcher.map(), map.score > best.map({ $0.map.score + Self.clearlyBetter }) ?? -.infinity else { continue }
            best = (object, matcher, map)
        }
        return best
    }

    /// The parts of an object and of the mesh that mean the same.
    private func parts(_ match: Answer, _ object: Mask) throws -> [DenseMatcher.PlacedPart] {
        let found = FoundObject(mask: object, click: match.click.pixelOfObject, isGiven: true)
        let mapped = try MapJob(at: bench).run(match.photo, match.mesh, object: found)
        let faces = match.mesh.scene.mesh.faces
        return mapped.regions.indices.filter { mapped.regions[$0].segment != nil }.map { index in
            let isPart = faces.map { face in (0..<3).allSatisfy { mapped.vertexLabels[Int(face[$0])] == Int32(index + 1) } }
            return .init(isPart: isPart, mask: mapped.regions[index].visible)
        }
    }

    /// What may be the object, the most likely first.
    private func objects(_ match: Answer) throws -> [Mask] {
        guard scope == .object, bench.settings.objectLevel == .object else { return [match.masks.object] }
        let smaller = try match.photo.predictions(of: match.click, at: bench).object.mask(.middle)
        return [match.masks.object, smaller].filter { !$0.isEmpty }
    }

    /// How much better the mesh has to cover the smaller mask of an object.
    private static let clearlyBetter = 0.05
}
