import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBLinearAlgebra
import BSBRendering
import BSBTexturing
import BSBWorkbench
import Foundation

/// From where a photo shows an object, found by trying views of the mesh: the one whose visible surface looks most like the photo, place by place.
///
/// Views are without perspective, from 96 directions and at 12 turns in the picture's plane, each fitted to the object's box; the best ones
/// are then moved little by little.
struct ObjectPose: Sendable {
    /// What maps positions in the unit ball to the photo's pixels.
    let camera: AffineCamera
    /// The mean cosine of visible points with the pixels that they fall on (0 beside the object), times the share of the object that they meet.
    let score: Double

    private static let directions = 96
    private static let turns = 12
    private static let points = 1200
    private static let refined = 4

    /// The best pose; nil if no view shows a point of the mesh.
    ///
    /// - Parameters:
    ///   - surface: the features of the mesh's vertices.
    ///   - mesh: the mesh.
    ///   - features: of the photo.
    ///   - object: where the object is in the photo.
    ///   - parallelism: the threads that share the work; the result is the same for any number.
    /// - Complexity: O(points x cells x d + directions x turns x points).
    static func find(
        _ surface: SurfaceFeatures, of mesh: OpenMesh, in features: FeatureGrid, object: Mask, parallelism: Parallelism
    ) -> ObjectPose? {
        guard let search = PoseSearch(surface, mesh, features, object, points: points, parallelism) else { return nil }
        let sampler = ViewSampler(.fibonacci(count: directions))
        let found = parallelism.map(directions) { index in
            search.best(from: SIMD3<Double>(sampler.camera(index).eye), turns: turns)
        }
        let ranked = found.enumerated().sorted { ($0.element.score, $1.offset) > ($1.element.score, $0.offset) }
        let moved = parallelism.map(min(refined, ranked.count)) { search.refined(ranked[$0].element) }
        // The first of equals.
        let best = moved.reduce(moved[0]) { $1.score > $0.score ? $1 : $0 }
        return best.score > 0 ? ObjectPose(camera: search.camera(best.view), score: best.score) : nil
    }
}

/// Scores views of a mesh against a photo.
private struct PoseSearch: Sendable {
    /// A view: where from (a direction and the picture's right, both of length 1 and at right angles), and how it is laid onto the photo.
    struct View: Sendable {
        var towards: SIMD3<Double>
        var right: SIMD3<Double>
        /// Pixels for a unit.
        var scale: Double
        /// The pixel of the origin.
        var offset: SIMD2<Double>
    }

    typealias Scored = (view: View, score: Double)

    private let scene: RayScene
    private let positions: [SIMD3<Float>]
    private let normals: [SIMD3<Float>]
    /// #points x #cells.
    private let cosines: Matrix
    private let features: FeatureGrid
    private let object: Mask
    private let box: PixelRectangle
    /// The side of a square of the raster that tells which of the object is met, in pixels.
    private let square: Double
    private let columns: Int
    /// For each square of the raster whether its middle is in the object.
    private let squares: [Bool]

    init?(
        _ surface: SurfaceFeatures, _ mesh: OpenMesh, _ features: FeatureGrid, _ object: Mask, points: Int, _ parallelism: Parallelism
    ) {
        let used = mesh.referenced.indices.filter { mesh.referenced[$0] }
        guard let box = object.boundingBox, !used.isEmpty else { return nil }
        let chosen = stride(from: 0, to: used.count, by: max(1, used.count / points)).map { used[$0] }
        scene = mesh.scene
        positions = chosen.map { mesh.scene.mesh.vertices[$0] }
        normals = chosen.map { mesh.surface.normals[$0] }
        let cells = Matrix(rows: features.rows * features.columns, columns: features.dimension, values: features.values)
        cosines = Matrix.product(
            surface.values(at: chosen).withNormalizedRows().factor, cells.withNormalizedRows().factor.transposed,
            parallelism: parallelism)
        (self.features, self.object, self.box) = (features, object, box)
        let square = Double(max(box.width, box.height)) / 16
        let (columns, rows) = (Int((Double(box.width) / square).rounded(.up)), Int((Double(box.height) / square).rounded(.up)))
        (self.square, self.columns) = (square, columns)
        squares = (0..<columns * rows).map { index in
            let x = box.x + Int((Double(index % columns) + 0.5) * square)
            let y = box.y + Int((Double(index / columns) + 0.5) * square)
            return x < object.width && y < object.height && object[x, y]
        }
    }

    /// The best of `turns` turns of the view from a direction, each fitted to the object's box.
    func best(from eye: SIMD3<Double>, turns: Int) -> Scored {
        let towards = direction(eye)
        let visible = visible(from: towards)
        let level = AffineCamera.looking(from: towards)
        let scored = (0..<turns).map { turn -> Scored in
            let angle = 2 * Double.pi * Double(turn) / Double(turns)
            let view = fitted(View(towards: towards, right: level.x * cos(angle) - level.y * sin(angle), scale: 1, offset: .zero))
            return (view, score(view, visible))
        }
        return scored.reduce(scored[0]) { $1.score > $0.score ? $1 : $0 }
    }

    /// A view moved by steps that become smaller, as long as that makes it better.
    func refined(_ start: Scored) -> Scored {
        var best = start
        var seen = visible(from: start.view.towards)
        let size = Double(max(box.width, box.height))
        for step in [0.14, 0.07, 0.035] {
            var isBetter = true
            for _ in 0..<4 where isBetter {
                isBetter = false
                for change in Self.changes {
                    for sign in [step, -step] {
                        var view = best.view
                        change(&view, sign, size)
                        let visible = view.towards == best.view.towards ? seen : visible(from: view.towards)
                        let score = score(view, visible)
                        if score > best.score { (best, seen, isBetter) = ((view, score), visible, true) }
                    }
                }
            }
        }
        return best
    }

    /// Ways to move a view: by an angle around each axis of the picture, by a share of its scale, and of the object's size.
    private static let changes: [@Sendable (inout View, Double, Double) -> Void] = [
        { view, step, _ in view.towards = direction(view.towards * cos(step) + cross(view.right, view.towards) * sin(step)) },
        { view, step, _ in
            let (towards, right) = (view.towards, view.right)
            view.towards = direction(towards * cos(step) + right * sin(step))
            view.right = direction(right * cos(step) - towards * sin(step))
        },
        { view, step, _ in view.right = direction(view.right * cos(step) + cross(view.towards, view.right) * sin(step)) },
        { view, step, _ in view.scale *= 1 + step },
        { view, step, size in view.offset.x += step * size },
        { view, step, size in view.offset.y += step * size },
    ]

    /// What maps positions to pixels.
    func camera(_ view: View) -> AffineCamera {
        AffineCamera(x: view.right * view.scale, y: cross(view.right, view.towards) * view.scale, offset: view.offset)
    }

    /// Moved and scaled so that the mesh's box has the middle and the area of the object's.
    private func fitted(_ view: View) -> View {
        let camera = camera(view)
        let places = positions.map(camera.project)
        let low = places.reduce(places[0]) { pointwiseMin($0, $1) }
        let extent = places.reduce(places[0]) { pointwiseMax($0, $1) } - low
        var view = view
        view.scale = (Double(box.width) * Double(box.height) / max(extent.x * extent.y, 1e-12)).squareRoot()
        let middle = SIMD2(Double(box.x), Double(box.y)) + SIMD2(Double(box.width), Double(box.height)) / 2
        view.offset = middle - (low + extent / 2) * view.scale
        return view
    }

    private func visible(from direction: SIMD3<Double>) -> [Int] {
        zip(positions.indices, scene.hidden(positions, normals: normals, from: direction)).filter { !$0.1 }.map(\.0)
    }

    private func score(_ view: View, _ visible: [Int]) -> Double {
        let camera = camera(view)
        let wanted = squares.count { $0 }
        guard !visible.isEmpty, wanted > 0 else { return 0 }
        var met = [Bool](repeating: false, count: squares.count)
        var sum = 0.0
        for point in visible {
            let place = camera.project(positions[point])
            guard place.x >= 0, place.y >= 0, place.x < Double(object.width), place.y < Double(object.height) else { continue }
            let (x, y) = (Int(place.x), Int(place.y))
            guard object[x, y] else { continue }
            met[Int(Double(y - box.y) / square) * columns + Int(Double(x - box.x) / square)] = true
            let (column, row) = (features.column(at: Float(place.x)).rounded(), features.row(at: Float(place.y)).rounded())
            sum += Double(max(0, cosines[point, Int(row) * features.columns + Int(column)]))
        }
        let covered = zip(met, squares).count { $0 && $1 }
        return sum / Double(visible.count) * Double(covered) / Double(wanted)
    }
}

extension RayScene {
    /// For each point of the surface whether something hides it from far away in a direction.
    fileprivate func hidden(_ points: [SIMD3<Float>], normals: [SIMD3<Float>], from direction: SIMD3<Double>) -> [Bool] {
        let towards = SIMD3<Float>(direction)
        return occluded(
            zip(points, normals).map { point, normal in
                Ray(origin: point + 1e-3 * ((normal * towards).sum() < 0 ? -normal : normal), direction: towards, near: 1e-4, far: 4)
            })
    }
}

/// The vector at length 1, or +z where it has no direction.
private func direction(_ vector: SIMD3<Double>) -> SIMD3<Double> { vector.unit() ?? [0, 0, 1] }
