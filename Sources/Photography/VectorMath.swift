// What pictures need beside the vectors of `BSBBasics`.

import BSBBasics

/// `value` kept inside `low ... high`; `high` where it is not a number.
@inline(__always)
package func clamp(_ value: Float, _ low: Float, _ high: Float) -> Float { Float.maximum(low, Float.minimum(high, value)) }

/// 0 below `low`, 1 above `high`, smooth between.
@inline(__always)
package func smoothstep(_ low: Float, _ high: Float, _ value: Float) -> Float {
    let t = clamp((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
}

extension SIMD3 where Scalar == Float {
    /// The mirror image of this direction, which points away from the surface, about the unit normal `n`.
    @inline(__always)
    package func reflected(about n: Self) -> Self { n * (2 * dot(self, n)) - self }

    /// Relative luminance of a linear sRGB colour.
    @inline(__always)
    package var luminance: Float { 0.2126 * x + 0.7152 * y + 0.0722 * z }

    package var isFinite: Bool { (self * 0).sum() == 0 }
}

/// Three unit vectors at right angles, the columns of a rotation.
package struct Rotation: Hashable, Sendable {
    package var x: SIMD3<Float>
    package var y: SIMD3<Float>
    package var z: SIMD3<Float>

    package static let identity = Rotation(x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1])

    /// The frame whose y axis is `up` (not zero) and whose x axis is turned by `angle` around it.
    package init(up: SIMD3<Float>, angle: Float) {
        let y = up.unitOrZero == .zero ? SIMD3<Float>(0, 1, 0) : up.unitOrZero
        let helper: SIMD3<Float> = abs(y.x) < 0.7 ? [1, 0, 0] : [0, 0, 1]
        let first = cross(y, cross(helper, y)).unitOrZero
        let second = cross(first, y)
        self.y = y
        x = first * cosine(angle) + second * sine(angle)
        z = cross(x, y)
    }

    package init(x: SIMD3<Float>, y: SIMD3<Float>, z: SIMD3<Float>) {
        (self.x, self.y, self.z) = (x, y, z)
    }

    @inline(__always)
    package func apply(_ v: SIMD3<Float>) -> SIMD3<Float> { x * v.x + y * v.y + z * v.z }

    @inline(__always)
    package func inverse(_ v: SIMD3<Float>) -> SIMD3<Float> { [dot(x, v), dot(y, v), dot(z, v)] }

    package var inverted: Rotation { Rotation(x: [x.x, y.x, z.x], y: [x.y, y.y, z.y], z: [x.z, y.z, z.z]) }

    /// The rotation that applies `other` first.
    package func after(_ other: Rotation) -> Rotation { Rotation(x: apply(other.x), y: apply(other.y), z: apply(other.z)) }
}
