import BSBBasics
import BSBRendering

/// The point of a surface nearest to a position, nearly: on the triangle of the nearest of many points spread over the surface.
struct NearestSpot: Sendable {
    private let scene: RayScene
    private let samples: [SurfaceSpot]
    private let tree: NearestPoint

    private static let count = 20_000

    /// Complexity: O(n log² n) for 20,000 points.
    init(_ scene: RayScene) {
        self.scene = scene
        samples = scene.samples(count: Self.count)
        tree = NearestPoint(samples.map(scene.position))
    }

    /// The spot nearest to a position; nil for a surface without area.
    func spot(nearestTo position: SIMD3<Float>) -> SurfaceSpot? {
        guard let index = tree.nearest(to: position) else { return nil }
        let corners = scene.mesh.faces[Int(samples[index].face)]
        let (a, b, c) = (
            scene.mesh.vertices[Int(corners.x)], scene.mesh.vertices[Int(corners.y)], scene.mesh.vertices[Int(corners.z)]
        )
        return SurfaceSpot(face: samples[index].face, weights: Self.weights(of: position, a, b, c))
    }

    /// The weights of the corners of a triangle at its point nearest to a position (Ericson, Real-Time Collision Detection, 5.1.5).
    static func weights(of position: SIMD3<Float>, _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>) -> SIMD3<Float> {
        func dot(_ u: SIMD3<Float>, _ v: SIMD3<Float>) -> Float { (u * v).sum() }
        let (ab, ac) = (b - a, c - a)
        let (d1, d2) = (dot(ab, position - a), dot(ac, position - a))
        if d1 <= 0, d2 <= 0 { return [1, 0, 0] }
        let (d3, d4) = (dot(ab, position - b), dot(ac, position - b))
        if d3 >= 0, d4 <= d3 { return [0, 1, 0] }
        let (d5, d6) = (dot(ab, position - c), dot(ac, position - c))
        if d6 >= 0, d5 <= d6 { return [0, 0, 1] }
        let vc = d1 * d4 - d3 * d2
        if vc <= 0, d1 >= 0, d3 <= 0 {
            let t = d1 / (d1 - d3)
            return [1 - t, t, 0]
        }
        let vb = d5 * d2 - d1 * d6
        if vb <= 0, d2 >= 0, d6 <= 0 {
            let t = d2 / (d2 - d6)
            return [1 - t, 0, t]
        }
        let va = d3 * d6 - d5 * d4
        if va <= 0, d4 - d3 >= 0, d5 - d6 >= 0 {
            let t = (d4 - d3) / ((d4 - d3) + (d5 - d6))
            return [0, 1 - t, t]
        }
        let scale = 1 / (va + vb + vc)
        return [1 - (vb + vc) * scale, vb * scale, vc * scale]
    }
}
