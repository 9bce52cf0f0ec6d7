/// A segment or half-line: the points origin + t x direction for near <= t <= far.
package struct Ray: Hashable, Sendable {
    /// Where t is 0.
    package var origin: SIMD3<Float>
    /// Of any length but zero; distances are in units of it.
    package var direction: SIMD3<Float>
    /// Where the ray starts, at least 0.
    package var near: Float
    /// Where the ray ends.
    package var far: Float

    /// A ray from `origin` along `direction`.
    package init(origin: SIMD3<Float>, direction: SIMD3<Float>, near: Float = 0, far: Float = .infinity) {
        self.origin = origin
        self.direction = direction
        self.near = near
        self.far = far
    }

    /// Whether the ray can be traced: all finite but `far`, and not empty.
    var isTraceable: Bool {
        let sum = (origin + direction).sum()
        return sum.isFinite && near.isFinite && near <= far && direction != .zero
    }
}

/// Where a ray meets a triangle.
package struct RayHit: Hashable, Sendable {
    /// The triangle's index, or -1 for a miss.
    package var face: Int32
    /// Barycentric weights of the triangle's second and third corner.
    package var barycentrics: SIMD2<Float>
    /// The ray parameter t, in units of the direction's length.
    package var distance: Float

    /// A meeting with triangle `face`.
    package init(face: Int32, barycentrics: SIMD2<Float>, distance: Float) {
        self.face = face
        self.barycentrics = barycentrics
        self.distance = distance
    }

    /// What a batch query reports of a ray that meets nothing.
    package static let miss = RayHit(face: -1, barycentrics: .zero, distance: .infinity)
}
