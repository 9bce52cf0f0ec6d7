import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBLinearAlgebra
import BSBRendering
import Foundation

/// Finds for each pixel of an object its point on a surface of the same kind.
///
/// Several views of the surface that look like the photo are each warped onto the object; the one that then covers it and looks like it best
/// stays. So left and right are told apart by the object as a whole, and not pixel by pixel.
package struct DenseMatcher: Sendable {
    let features: FeatureGrid
    private let object: Mask
    let surface: SurfaceDescriptors
    let samples: [SurfaceSpot]
    let sampleFeatures: Matrix
    /// What the object looks like, at as many places as an answer needs; nil if it is empty.
    let fine: Likeness?
    let parallelism: Parallelism

    /// Views that are warped before one is chosen.
    private static let hypotheses = 5
    private static let sampleCount = 1200

    /// A matcher of an object of a photo with a surface in the unit ball.
    ///
    /// - Parameter grid: the photo's features.
    /// - Parameter object: the object's mask.
    /// - Parameter features: those of the surface's vertices.
    /// - Parameter scene: the surface.
    /// - Parameter parallelism: the threads that share the work; the result is the same for any number.
    package init(_ grid: FeatureGrid, object: Mask, surface features: SurfaceFeatures, of scene: RayScene, parallelism: Parallelism) {
        (self.features, self.object, self.parallelism) = (grid, object, parallelism)
        surface = SurfaceDescriptors(scene, features)
        samples = scene.samples(count: Self.sampleCount)
        sampleFeatures = surface.matrix(of: samples)
        fine = Self.likeness(grid, object, sampleFeatures, nodes: 44, parallelism)
    }

    /// The map; nil if the object is empty or no view shows the surface.
    ///
    /// Throws `Failure` if a system of the warp cannot be solved.
    package func map() throws -> DenseMap? {
        func likeness(nodes: Int) -> Likeness? { Self.likeness(features, object, sampleFeatures, nodes: nodes, parallelism) }
        guard let coarse = likeness(nodes: 24), let middle = likeness(nodes: 28), let fine else { return nil }
        let search = PoseSearch(coarse, surface, parallelism: parallelism)
        let hypotheses = search.hypotheses(count: Self.hypotheses)
        let candidates = try parallelism.map(hypotheses.count) { try warped(hypotheses[$0].camera, middle) }
        // The first of equals.
        guard let first = candidates.first else { return nil }
        let best = candidates.reduce(first) { $1.score > $0.score ? $1 : $0 }
        return try warped(best.camera, fine)
    }

    private static func likeness(
        _ grid: FeatureGrid, _ object: Mask, _ samples: Matrix, nodes: Int, _ parallelism: Parallelism
    ) -> Likeness? {
        ObjectLattice(grid, object: object, nodes: nodes, margin: 0.2).map { Likeness($0, samples: samples, parallelism: parallelism) }
    }

    /// What a camera shows, warped onto the object.
    private func warped(_ camera: PhotoCamera, _ likeness: Likeness) throws -> DenseMap {
        let lattice = likeness.lattice
        let hits = surface.scene.nearestHits(from: camera, at: lattice)
        var (row, spots) = ([Int](), [SurfaceSpot]())
        for hit in hits {
            row.append(hit == nil ? -1 : spots.count)
            if let hit { spots.append(SurfaceSpot(hit)) }
        }
        let shown = surface.matrix(of: spots)
        let warp = try LatticeWarp(lattice, shown: row, features: shown, parallelism: Parallelism(threads: 1))
        return DenseMap(
            camera: camera, score: score(warp, row, shown, likeness), folds: warp.folds, lattice: lattice,
            displacement: warp.displacement, scene: surface.scene)
    }

    private func score(_ warp: LatticeWarp, _ row: [Int], _ shown: Matrix, _ likeness: Likeness) -> Double {
        let lattice = likeness.lattice
        let source = LatticeWarp.sources(lattice, warp.displacement)
        var (sum, common, either) = (Float(0), 0, 0)
        for node in 0..<lattice.count where lattice.isInPhoto[node] {
            let seen = source[node] >= 0 ? row[source[node]] : -1
            if seen >= 0 || lattice.row[node] >= 0 { either += 1 }
            guard seen >= 0, lattice.row[node] >= 0 else { continue }
            common += 1
            sum += likeness.value(shown.row(seen), row: lattice.row[node])
        }
        return Likeness.score(likeness: sum, common: common, either: either) - Self.bending(warp, lattice)
    }

    /// What a warp costs: the mean length of what is left of its displacement beside the mean one, in shares of the object's size, weighted.
    private static func bending(_ warp: LatticeWarp, _ lattice: ObjectLattice) -> Double {
        let nodes = lattice.inside
        let mean = nodes.reduce(SIMD2<Double>.zero) { $0 + warp.displacement[$1] } / Double(max(1, nodes.count))
        let rest = nodes.reduce(0.0) { $0 + length(warp.displacement[$1] - mean) } / Double(max(1, nodes.count))
        return 0.5 * rest / (Double(max(lattice.columns, lattice.rows)) * lattice.spacing)
    }

    /// For each spot of a map how sure it is: the share of its pixel's attention to the surface (softmax of cosines over 0.05) that falls
    /// within an eighth of the surface's diameter; 0 where there is no spot.
    ///
    /// - Parameter spots: of a picture of the photo that is `width` pixels wide and `step` times smaller.
    /// - Complexity: O(nodes x samples x d).
    package func confidence(of spots: [SurfaceSpot?], width: Int, step: Double = 1) -> [Float] {
        guard let lattice = fine?.lattice else { return spots.map { _ in 0 } }
        let positions = samples.map(surface.scene.position)
        let radius = 0.125 * Self.diameter(positions)
        let cosines = Matrix.product(lattice.features.factor, sampleFeatures.transposed, parallelism: parallelism)
        let values = parallelism.map(lattice.inside.count) { index -> Float in
            let place = lattice.place(lattice.inside[index])
            let (x, y) = (min(Int(place.x / step), width - 1), min(Int(place.y / step), spots.count / width - 1))
            guard let spot = spots[y * width + x] else { return 0 }
            let position = surface.scene.position(of: spot)
            let row = cosines.row(index)
            let most = row.max() ?? 0
            var (near, all) = (Float(0), Float(0))
            for (cosine, other) in zip(row, positions) {
                let share = exp((cosine - most) / 0.05)
                let offset = other - position
                all += share
                if (offset * offset).sum() <= radius * radius { near += share }
            }
            return all > 0 ? near / all : 0
        }
        return spots.indices.map { pixel in
            guard spots[pixel] != nil else { return 0 }
            let place = SIMD2(Double(pixel % width) + 0.5, Double(pixel / width) + 0.5) * step
            guard let node = lattice.node(at: place) else { return 0 }
            if lattice.row[node] >= 0 { return values[lattice.row[node]] }
            let around = lattice.neighbours(of: node).filter { lattice.row[$0] >= 0 }
            return around.first.map { values[lattice.row[$0]] } ?? 0
        }
    }

    /// The largest distance between points, nearly: from the one farthest from the first to the one farthest from that.
    package static func diameter(_ positions: [SIMD3<Float>]) -> Float {
        guard var start = positions.first else { return 0 }
        var largest: Float = 0
        for _ in 0..<3 {
            let distances = positions.map { position -> Float in
                let offset = position - start
                return (offset * offset).sum().squareRoot()
            }
            guard let farthest = distances.indices.max(by: { distances[$0] < distances[$1] }) else { break }
            largest = max(largest, distances[farthest])
            start = positions[farthest]
        }
        return largest
    }
}
