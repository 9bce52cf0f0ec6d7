import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBLinearAlgebra
import BSBPhotography
import BSBRendering
import BSBWorkbench

/// The baselines that match the photo with a grey render of the mesh, picture to picture, as image methods have to: the nearest pixel by
/// cosine of interpolated features, which is how DIFT (Tang and others 2023) uses its own features, and neural best buddies.
///
/// The features are those of any extractor, by default the one that the method itself uses.
///
/// The pixel that a click is matched with is answered by the vertex of the face under it with the largest barycentric weight; a match
/// with the background is no answer.
struct RenderMatcher {
    private let features: FeatureGrid
    private let sides: [Side]

    /// One view of the mesh.
    private struct Side {
        var nearest: Method
        var buddies: Method
        var representatives: Method
        var surfaces: SurfaceBuffers
        var faces: [SIMD3<UInt32>]
        var search: PixelSearch
        var matches: NeuralBestBuddies
    }

    /// Renders the mesh from the photo's camera and from another.
    ///
    /// For a photo of another shape, "the photo's camera" is the one that sees the mesh from the same side, by the poses of both.
    init(
        _ photo: OpenPhoto, camera: Camera, pose: ShapePose, _ target: EvaluationShape, seed: UInt64,
        extractor: (any FeatureExtractor)? = nil, at bench: Workbench
    ) throws {
        features = try extractor?.features(of: photo.image) ?? photo.features(at: bench)
        let pyramid = FeaturePyramid(features)
        let extractor = extractor ?? bench.extractor
        var generator = SeededGenerator(seed: 0x0_7E12, stream: seed)
        let same = Self.turned(camera, from: pose.frame, to: target.pose.frame)
        var other = same
        let (up, angle) = (target.pose.frame[1], generator.uniform(.pi / 4, .pi / 2) * (generator.uniform() < 0.5 ? -1 : 1))
        other.eye = Self.rotated(same.eye, around: up, by: angle)
        other.target = Self.rotated(same.target, around: up, by: angle)
        other.up = Self.rotated(same.up, around: up, by: angle)
        let plan = ViewPlan(count: 2, size: photo.image.width)
        let views = RenderedViews(scene: target.opened.scene, plan: plan, cameras: [same, other])
        let methods: [(Method, Method, Method)] = [
            (.renderSame, .nbbSame, .nbbSameSparse), (.renderOther, .nbbOther, .nbbOtherSparse),
        ]
        sides = try methods.enumerated().map { index, methods in
            let surfaces = views.surfaces(index)
            let grid = try extractor.features(of: try views.image(index, surfaces: surfaces))
            let everywhere = Mask(width: surfaces.size.width, height: surfaces.size.height) { _, _ in true }
            return Side(
                nearest: methods.0, buddies: methods.1, representatives: methods.2, surfaces: surfaces,
                faces: target.opened.scene.mesh.faces, search: PixelSearch(features: grid, region: everywhere),
                matches: NeuralBestBuddies(pyramid, FeaturePyramid(grid)))
        }
    }

    /// The vertices that the matches of a click lead to.
    func answers(to click: Pixel) -> [Method: Int?] {
        let feature = features.feature(at: click.center)
        var answers: [Method: Int?] = [:]
        for side in sides {
            let query = Matrix(rows: 1, columns: feature.count, values: feature)
            let match = side.search.mostSimilar(to: query, parallelism: Parallelism(threads: 1))[0]
            answers[side.nearest] = .some(match.flatMap { vertex(at: $0.pixel, side) })
            for (method, matches) in [(side.buddies, side.matches.matches), (side.representatives, side.matches.representatives)] {
                answers[method] = .some(side.matches.match(of: click.center, among: matches).flatMap { vertex(at: $0, side) })
            }
        }
        return answers
    }

    private func vertex(at pixel: Pixel, _ side: Side) -> Int? {
        guard (0..<side.surfaces.size.width).contains(pixel.x), (0..<side.surfaces.size.height).contains(pixel.y) else { return nil }
        let index = pixel.y * side.surfaces.size.width + pixel.x
        guard side.surfaces.faceIDs[index] >= 0 else { return nil }
        let (face, weights) = (side.faces[Int(side.surfaces.faceIDs[index])], side.surfaces.barycentrics[index])
        let shares = [1 - weights.x - weights.y, weights.x, weights.y]
        return Int(face[shares.firstIndex(of: shares.max()!)!])
    }

    /// The camera that sees a shape with the frame `to` as the given one sees a shape with the frame `from`.
    private static func turned(_ camera: Camera, from: [SIMD3<Float>], to: [SIMD3<Float>]) -> Camera {
        func turn(_ vector: SIMD3<Float>) -> SIMD3<Float> {
            (0..<3).reduce(.zero) { $0 + to[$1] * (from[$1] * vector).sum() }
        }
        return Camera(
            eye: turn(camera.eye), target: turn(camera.target), up: turn(camera.up), verticalFieldOfView: camera.verticalFieldOfView)
    }

    /// Rodrigues' rotation.
    static func rotated(_ v: SIMD3<Float>, around axis: SIMD3<Float>, by angle: Float) -> SIMD3<Float> {
        v * cosine(angle) + cross(axis, v) * sine(angle) + axis * ((axis * v).sum() * (1 - cosine(angle)))
    }
}

extension ShapePose {
    /// Right, up and towards a usual viewer: three orthogonal unit vectors.
    var frame: [SIMD3<Float>] {
        let up = up.direction ?? [0, 1, 0]
        let towards = view.map { -$0 } ?? [0, 0, 1]
        let level = (towards - up * (towards * up).sum()).direction
        let front = level ?? cross(abs(up.x) < 0.7 ? [1, 0, 0] : [0, 0, 1], up).direction!
        return [cross(up, front), up, front]
    }
}
