import BSBBasics
import BSBLinearAlgebra
import BSBRendering
import Foundation

/// A way in which a photo may see a shape.
package struct PoseHypothesis: Sendable, Hashable {
    /// The view.
    package var camera: PhotoCamera
    /// How well what it shows covers the object and looks like it, at most about 1.
    package var score: Double
}

/// Seeks the views of a shape that cover an object of a photo and look like it, place by place.
///
/// Views from directions spread over the sphere, each turned in the picture's plane, are laid over the object so that they have its area and
/// its middle. The best that differ are moved little by little, with perspective. Several stay: what tells a shape from its mirror image
/// may show only after it was fitted.
struct PoseSearch: Sendable {
    private let lattice: ObjectLattice
    private let likeness: Likeness
    private let surface: SurfaceDescriptors
    private let parallelism: Parallelism

    private static let directions = 128
    private static let turns = 24
    /// Rays across and down each view.
    private static let raster = 40
    /// Views that are turned by less than this in radians are the same.
    private static let sameAngle = 0.4
    private static let moved = 10

    init(_ likeness: Likeness, _ surface: SurfaceDescriptors, parallelism: Parallelism) {
        (lattice, self.likeness, self.surface, self.parallelism) = (likeness.lattice, likeness, surface, parallelism)
    }

    /// The best views that differ, the best first.
    ///
    /// - Complexity: O(directions x (raster² x (log #F + d) + turns x nodes)).
    func hypotheses(count: Int) -> [PoseHypothesis] {
        let sampler = ViewSampler(.fibonacci(count: Self.directions))
        let found = parallelism.map(Self.directions) { index in views(from: SIMD3<Double>(sampler.camera(index).eye).unit) }.flatMap { $0 }
        let starts = Self.distinct(found, count: Self.moved, angle: Self.sameAngle)
        let moved = parallelism.map(starts.count) { refined(starts[$0]) }
        return Self.distinct(moved, count: count, angle: 0.75 * Self.sameAngle)
    }

    /// The best of hypotheses, without those that differ little from a better one.
    static func distinct(_ hypotheses: [PoseHypothesis], count: Int, angle: Double) -> [PoseHypothesis] {
        // Swift's sort is stable.
        var kept: [PoseHypothesis] = []
        for hypothesis in hypotheses.sorted(by: { $0.score > $1.score }) where kept.count < count {
            if kept.allSatisfy({ $0.camera.angle(to: hypothesis.camera) > angle }) { kept.append(hypothesis) }
        }
        return kept
    }

    // MARK: All around

    /// The turns of the view from a direction, each laid over the object.
    private func views(from towards: SIMD3<Double>) -> [PoseHypothesis] {
        let other: SIMD3<Double> = abs(towards.y) < 0.9 ? [0, 1, 0] : [1, 0, 0]
        let right = cross(other, towards).unit
        let view = View(towards: towards, right: right, up: cross(towards, right), raster: Self.raster, surface, lattice)
        guard !view.middle.x.isNaN else { return [] }
        let area = Double(lattice.inside.count) * lattice.spacing * lattice.spacing
        let scale = (area / view.area).squareRoot()
        return (0..<Self.turns).map { turn in
            let angle = 2 * Double.pi * Double(turn) / Double(Self.turns)
            let (c, s) = (cos(angle), sin(angle))
            let flat = SIMD2(c * view.middle.x + s * view.middle.y, s * view.middle.x - c * view.middle.y)
            let camera = PhotoCamera(
                towards: towards, right: right * c + view.up * s, scale: scale, offset: lattice.center - flat * scale, nearness: 0)
            return PoseHypothesis(camera: camera, score: score(view, camera, c, s))
        }
    }

    /// A shape seen from a direction without perspective.
    private struct View {
        let up: SIMD3<Double>
        /// For each square of the raster the number of its hit, or -1.
        let hits: [Int]
        /// hits x inside nodes of the lattice.
        let cosines: Matrix
        /// The middle and the area of what is seen, in units of the ball; the middle is not a number for nothing.
        let middle: SIMD2<Double>
        let area: Double

        init(
            towards: SIMD3<Double>, right: SIMD3<Double>, up: SIMD3<Double>, raster: Int, _ surface: SurfaceDescriptors,
            _ lattice: ObjectLattice
        ) {
            self.up = up
            let size = 2 / Double(raster)
            func place(_ square: Int) -> SIMD2<Double> {
                (SIMD2(Double(square % raster), Double(square / raster)) + 0.5) * size - 1
            }
            let rays = (0..<raster * raster).map { square -> Ray in
                let flat = place(square)
                return Ray(
                    origin: SIMD3<Float>(right * flat.x + up * flat.y + towards * 4), direction: SIMD3<Float>(-towards), near: 0, far: 8)
            }
            var (hits, spots, sum) = ([Int](), [SurfaceSpot](), SIMD2<Double>.zero)
            for (square, hit) in surface.scene.nearestHits(rays).enumerated() {
                hits.append(hit == nil ? -1 : spots.count)
                guard let hit else { continue }
                spots.append(SurfaceSpot(hit))
                sum += place(square)
            }
            self.hits = hits
            middle = sum / Double(spots.count)
            area = Double(spots.count) * size * size
            cosines = Matrix.product(
                surface.matrix(of: spots).factor, lattice.features.transposed, parallelism: Parallelism(threads: 1))
        }
    }

    private func score(_ view: View, _ camera: PhotoCamera, _ c: Double, _ s: Double) -> Double {
        let raster = Self.raster
        var (sum, common, either) = (Float(0), 0, 0)
        for node in 0..<lattice.count where lattice.isInPhoto[node] {
            let flat = (lattice.place(node) - camera.offset) / camera.scale
            let place = SIMD2(c * flat.x + s * flat.y, s * flat.x - c * flat.y)
            let square = (place + 1) / 2 * Double(raster)
            let (x, y) = (Int(square.x.rounded(.down)), Int(square.y.rounded(.down)))
            let hit = x >= 0 && y >= 0 && x < raster && y < raster ? view.hits[y * raster + x] : -1
            let row = lattice.row[node]
            if hit >= 0 || row >= 0 { either += 1 }
            guard hit >= 0, row >= 0 else { continue }
            common += 1
            sum += likeness.value(view.cosines[hit, row], row: row)
        }
        return Likeness.score(likeness: sum, common: common, either: either)
    }

    // MARK: Little by little

    /// What a camera scores.
    func score(_ camera: PhotoCamera) -> Double {
        let nodes = (0..<lattice.count).filter { lattice.isInPhoto[$0] }
        let hits = surface.scene.nearestHits(nodes.map { camera.ray(through: lattice.place($0)) })
        var (spots, rows, either) = ([SurfaceSpot](), [Int](), 0)
        for (node, hit) in zip(nodes, hits) {
            if hit != nil || lattice.row[node] >= 0 { either += 1 }
            guard let hit, lattice.row[node] >= 0 else { continue }
            spots.append(SurfaceSpot(hit))
            rows.append(lattice.row[node])
        }
        let features = surface.matrix(of: spots)
        let sum = rows.indices.reduce(Float(0)) { $0 + likeness.value(features.row($1), row: rows[$1]) }
        return Likeness.score(likeness: sum, common: rows.count, either: either)
    }

    /// A view moved by steps that become smaller, as long as that makes it better.
    private func refined(_ start: PoseHypothesis) -> PoseHypothesis {
        var camera = start.camera
        camera.nearness = 0.25
        var best = PoseHypothesis(camera: camera, score: score(camera))
        let size = Double(max(lattice.columns, lattice.rows)) * lattice.spacing / 1.3
        for step in [0.15, 0.075, 0.04, 0.02] {
            for _ in 0..<3 {
                let before = best.score
                for change in Self.changes {
                    for sign in [step, -step] {
                        var camera = best.camera
                        change(&camera, sign, size)
                        let score = score(camera)
                        if score > best.score { best = PoseHypothesis(camera: camera, score: score) }
                    }
                }
                if best.score <= before { break }
            }
        }
        return best
    }

    /// Ways to move a view: by an angle around each axis of the picture, by shares of its scale and the object's size, and nearer.
    private static let changes: [@Sendable (inout PhotoCamera, Double, Double) -> Void] = [
        { camera, step, _ in camera.towards = (camera.towards * cos(step) + cross(camera.right, camera.towards) * sin(step)).unit },
        { camera, step, _ in
            let (towards, right) = (camera.towards, camera.right)
            camera.towards = (towards * cos(step) + right * sin(step)).unit
            camera.right = (right * cos(step) - towards * sin(step)).unit
        },
        { camera, step, _ in camera.right = (camera.right * cos(step) + cross(camera.towards, camera.right) * sin(step)).unit },
        { camera, step, _ in camera.scale *= 1 + step },
        { camera, step, size in camera.offset.x += step * size },
        { camera, step, size in camera.offset.y += step * size },
        { camera, step, _ in camera.nearness = min(max(0, camera.nearness + step), PhotoCamera.nearest) },
    ]
}
