import BSBBackbones
import BSBBasics
import BSBRendering
import Foundation

/// How masks of rendered views become a part of the surface.
package struct MaskLiftingOptions: Sendable, Hashable, Codable {
    /// Which of the segmenter's masks is the part.
    package var level = MaskLevel.part
    /// The most views that are segmented for the clicks themselves.
    package var clickViews = 24
    /// The most views that are segmented afterwards, from points inside the part found so far, to see what the clicks' views do not.
    package var spreadViews = 16
    /// Views that see a vertex at a flatter angle than this cosine are not used for it.
    package var minimumFrontality: Float = 0.2
    /// The strength of smoothing: how much a difference between neighbours counts against the masks.
    package var smoothing: Double = 0.02
    /// How often views are weighed anew by how well their masks agree with the part that all of them make.
    package var consensusRounds = 2
    /// The power of the agreement that is a view's weight.
    package var consensusPower: Float = 2
    /// How whole shells of the mesh follow the pictures and the clicks.
    package var shells = ShellConsensus()

    /// The default options.
    package init() {}

    /// The most views that are segmented for one answer, each by one prompt; setting it leaves three fifths of them to the clicks.
    package var views: Int {
        get { clickViews + spreadViews }
        set {
            precondition(newValue > 0, "a part is seen in some view")
            clickViews = (3 * newValue + 4) / 5
            spreadViews = newValue - clickViews
        }
    }
}

/// Segments a mesh without training: the 2D segmenter's masks of rendered views, lifted to the surface.
///
/// The clicked vertex is projected into the views that see it and each view is segmented there. A pixel's mask probability counts for
/// the corners of the face it shows, weighted by its barycentric coordinates, by how squarely the view sees the face and by how sure
/// the segmenter is of its mask. What no such view shows is then segmented from points inside the part found so far. Smoothing over
/// the surface (a screened Poisson system) settles contradictions and fills what no view shows at all. Last, whole shells follow what is said
/// of most of them (``ShellConsensus``).
package struct MaskLifting: Sendable {
    private let segmenter: any PromptSegmenter
    private let options: MaskLiftingOptions
    private let parallelism: Parallelism

    /// A lifter that segments with `segmenter`.
    package init(
        segmenter: any PromptSegmenter, options: MaskLiftingOptions = MaskLiftingOptions(), parallelism: Parallelism = Parallelism()
    ) {
        self.segmenter = segmenter
        self.options = options
        self.parallelism = parallelism
    }

    /// The probability of each vertex to be in the clicked part: #V.
    ///
    /// - Parameters:
    ///   - clicks: at least one, and one of them on what is wanted.
    ///   - views: views of the mesh.
    ///   - surface: the mesh's neighbourhoods and normals.
    /// - Throws: `Failure` without a foreground click, for a vertex that does not exist or that no view shows, and if the segmenter cannot be run.
    /// - Complexity: one prompt for each view used; O(pixels) for each view; one sparse factorisation.
    package func probabilities(of clicks: [SurfaceClick], in views: some MeshViews, surface: SurfaceModel) throws -> LiftedMasks {
        guard let lifted = try lifted(clicks, in: views, surface: surface, smoothing: SurfaceSmoothing(surface)) else {
            throw Failure.unseenClick
        }
        return lifted
    }

    /// The same with the surface's smoothing at hand; nil if no view shows what is clicked.
    func lifted(
        _ clicks: [SurfaceClick], in views: some MeshViews, surface: SurfaceModel, smoothing: SurfaceSmoothing
    ) throws -> LiftedMasks? {
        let vertexCount = views.scene.mesh.vertices.count
        let clicks = try clicks.checked(vertexCount: vertexCount)
        let finder = SightingFinder(views: views, normals: surface.normals)
        let sightings = clicks.map { finder.sightings(of: $0.vertex, in: Array(views.cameras.indices)) }
        let first = chooseViews(clicks, sightings, views)
        guard !first.isEmpty else { return nil }
        var ballots = try self.ballots(first.map { prompt(clicks, sightings, view: $0) }, views, surface)
        // Where to look next needs no second thoughts.
        var probability = try consensus(ballots, smoothing, rounds: 0)
        let second = spread(probability, finder, views, surface, except: Set(first))
        if !second.isEmpty {
            ballots += try self.ballots(second.map { ($0.view, Prompt(points: [Prompt.Point($0.position)])) }, views, surface)
        }
        probability = try consensus(ballots, smoothing, rounds: options.consensusRounds)
        probability = options.shells.settled(probability, clicks: clicks, surface: surface)
        return LiftedMasks(
            probability: surface.carried(probability), views: first.count + second.count, prompts: first.count + second.count)
    }

    /// The part that the views make together: views whose masks are unlike it, such as those that leaked, come to count less.
    private func consensus(_ ballots: [Votes], _ smoothing: SurfaceSmoothing, rounds: Int) throws -> [Float] {
        var probability: [Float] = []
        for round in 0...max(0, rounds) {
            var votes = Votes(count: ballots[0].weight.count)
            for ballot in ballots {
                votes.add(ballot, weight: round == 0 ? 1 : max(1e-3, pow(ballot.agreement(with: probability), options.consensusPower)))
            }
            probability = try smoothing.smoothed(votes, strength: options.smoothing)
        }
        return probability
    }

    /// The views for the clicks: spread around the clicked vertex, the squarest first.
    private func chooseViews(_ clicks: [SurfaceClick], _ sightings: [[Sighting]], _ views: some MeshViews) -> [Int] {
        var quality: [Int: Float] = [:]
        for (click, seen) in zip(clicks, sightings) where click.isForeground {
            for sighting in seen { quality[sighting.view] = max(quality[sighting.view] ?? 0, sighting.frontality) }
        }
        let square = quality.filter { $0.value >= options.minimumFrontality }
        return spreadOut(square.isEmpty ? quality : square, views, limit: options.clickViews)
    }

    /// Picks views one by one, each the best by quality times distance from those picked before; ties by index.
    private func spreadOut(_ quality: [Int: Float], _ views: some MeshViews, limit: Int) -> [Int] {
        var remaining = quality.keys.sorted()
        var distance = [Int: Float](uniqueKeysWithValues: remaining.map { ($0, 4) })
        var chosen: [Int] = []
        while chosen.count < limit, !remaining.isEmpty {
            let next = remaining.max { a, b in (quality[a]! * distance[a]!, b) < (quality[b]! * distance[b]!, a) }!
            chosen.append(next)
            remaining.removeAll { $0 == next }
            for view in remaining {
                let offset = views.cameras[view].eye - views.cameras[next].eye
                distance[view] = min(distance[view]!, (offset * offset).sum())
            }
        }
        return chosen.sorted()
    }

    private func prompt(_ clicks: [SurfaceClick], _ sightings: [[Sighting]], view: Int) -> (Int, Prompt) {
        let points = zip(clicks, sightings).compactMap { click, seen in
            seen.first { $0.view == view }.map { Prompt.Point($0.position, isForeground: click.isForeground) }
        }
        return (view, Prompt(points: points))
    }

    /// For each unused view, the most certain vertex of the part in it; the views that see most of what was not seen come first.
    private func spread(
        _ probability: [Float], _ finder: SightingFinder, _ views: some MeshViews, _ surface: SurfaceModel, except used: Set<Int>
    ) -> [Sighting] {
        let inside = probability.indices.filter { probability[$0] > 0.75 }.sorted { (probability[$0], $1) > (probability[$1], $0) }
        guard options.spreadViews > 0, !inside.isEmpty else { return [] }
        let seeds = stride(from: 0, to: inside.count, by: max(1, inside.count / 64)).map { inside[$0] }
        let free = views.cameras.indices.filter { !used.contains($0) }
        var best: [Int: (sighting: Sighting, value: Float)] = [:]
        for seed in seeds {
            for sighting in finder.sightings(of: surface.vertex(ofRow: seed), in: free) where sighting.frontality >= 0.5 {
                let value = sighting.frontality * probability[seed]
                if value > best[sighting.view]?.value ?? 0 { best[sighting.view] = (sighting, value) }
            }
        }
        let chosen = Set(spreadOut(best.mapValues(\.sighting.frontality), views, limit: options.spreadViews))
        return best.values.map(\.sighting).filter { chosen.contains($0.view) }.sorted { $0.view < $1.view }
    }

    /// The votes of each view's mask, in order.
    private func ballots(
        _ prompts: [(view: Int, prompt: Prompt)], _ views: some MeshViews, _ surface: SurfaceModel
    ) throws -> [Votes] {
        try views.prepare(prompts.map(\.view))
        let level = options.level
        return try parallelism.map(prompts.count) { index in
            let (view, prompt) = prompts[index]
            let prediction = try segmenter.masks(for: [prompt], in: views.embedding(view))[0]
            var own = Votes(count: surface.rowCount)
            own.add(
                prediction.logits[level.index], certainty: prediction.predictedIoU[level.index], surfaces: try views.surfaces(view),
                faces: surface.faces)
            return own
        }
    }
}

/// What lifting found, and how much work it took.
package struct LiftedMasks: Sendable, Hashable {
    /// #V.
    package var probability: [Float]
    /// Views that were segmented.
    package var views: Int
    /// Prompts that were answered.
    package var prompts: Int
}

/// The masks' votes for each row of the surface, before smoothing.
struct Votes: Sendable {
    /// Sums of weights.
    var weight: [Float]
    /// Sums of weight x probability.
    var sum: [Float]

    init(count: Int) {
        weight = [Float](repeating: 0, count: count)
        sum = weight
    }

    /// Adds the votes of one view's covered pixels.
    ///
    /// Complexity: O(pixels).
    mutating func add(_ logits: LogitMap, certainty: Float, surfaces: SurfaceBuffers, faces: [SIMD3<UInt32>]) {
        let sampler = FeatureGrid(columns: logits.width, rows: logits.height, dimension: 1, values: logits.values, map: logits.map)
        for y in 0..<surfaces.size.height {
            for x in 0..<surfaces.size.width {
                let pixel = y * surfaces.size.width + x
                guard surfaces.faceIDs[pixel] >= 0 else { continue }
                let stencil = sampler.stencil(at: [Float(x) + 0.5, Float(y) + 0.5])
                var logit: Float = 0
                for corner in 0..<4 { logit += stencil.weights[corner] * logits.values[Int(stencil.cells[corner])] }
                let probability = 1 / (1 + exp(-logit))
                let squareness = abs(surfaces.normals[pixel].z)
                let (u, v) = (surfaces.barycentrics[pixel].x, surfaces.barycentrics[pixel].y)
                let face = faces[Int(surfaces.faceIDs[pixel])]
                for (corner, barycentric) in [(0, 1 - u - v), (1, u), (2, v)] {
                    let amount = max(barycentric, 0) * squareness * max(certainty, 0.01)
                    weight[Int(face[corner])] += amount
                    sum[Int(face[corner])] += amount * probability
                }
            }
        }
    }

    /// Adds another set of votes of the same rows, each counting `weight` times.
    mutating func add(_ other: Votes, weight factor: Float = 1) {
        for i in weight.indices {
            weight[i] += factor * other.weight[i]
            sum[i] += factor * other.sum[i]
        }
    }

    /// The soft intersection over union of the votes with probabilities, where there are votes.
    func agreement(with probability: [Float]) -> Float {
        var (both, either) = (0.0, 0.0)
        for i in weight.indices where weight[i] > 0 {
            let (own, other) = (sum[i] / weight[i], probability[i])
            both += Double(weight[i] * min(own, other))
            either += Double(weight[i] * max(own, other))
        }
        return either > 0 ? Float(both / either) : 0
    }
}

extension Failure {
    /// What a click says that no view shows.
    package static let unseenClick = Failure(
        .badInput, "segmenting the mesh", reason: "no view shows the clicked vertex",
        hint: "click on a vertex that can be seen from outside")
}
