// The few operations on vectors that Swift's SIMD types lack.

/// The dot product, summed from x to z.
@inlinable @inline(__always)
package func dot<Scalar: BinaryFloatingPoint>(_ a: SIMD3<Scalar>, _ b: SIMD3<Scalar>) -> Scalar {
    a.x * b.x + a.y * b.y + a.z * b.z
}

/// The cross product.
@inlinable @inline(__always)
package func cross<Scalar: BinaryFloatingPoint>(_ a: SIMD3<Scalar>, _ b: SIMD3<Scalar>) -> SIMD3<Scalar> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

/// The Euclidean length.
@inlinable @inline(__always)
package func length<Scalar: BinaryFloatingPoint>(_ a: SIMD3<Scalar>) -> Scalar { dot(a, a).squareRoot() }

/// The Euclidean length.
@inlinable @inline(__always)
package func length<Scalar: BinaryFloatingPoint>(_ a: SIMD2<Scalar>) -> Scalar { (a.x * a.x + a.y * a.y).squareRoot() }

/// The vector `t` of the way from `a` to `b`.
@inlinable @inline(__always)
package func mix<V: SIMD>(_ a: V, _ b: V, _ t: Float) -> V where V.Scalar == Float { a + (b - a) * t }

/// The number `t` of the way from `a` to `b`.
@inlinable @inline(__always)
package func mix(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }

extension SIMD3 where Scalar: BinaryFloatingPoint {
    /// The vector at length 1; nil where it is no longer than `least`, or not finite.
    ///
    /// Its square must be a finite number above 0: see `normalized(above:)` for vectors of any size.
    @inlinable @inline(__always)
    package func unit(longerThan least: Scalar = 0) -> Self? {
        let size = length(self)
        return size > least && size.isFinite ? self / size : nil
    }
}

extension SIMD3 where Scalar == Double {
    /// The vector at length 1, whatever its size; nil where it is no longer than `minimum` or not finite.
    package func normalized(above minimum: Double = 0) -> Self? {
        let largest = Swift.max(abs(x), abs(y), abs(z))
        guard largest > 0, largest.isFinite else { return nil }
        let scaled = self / largest
        let length = dot(scaled, scaled).squareRoot()
        return length * largest > minimum ? scaled / length : nil
    }
}

extension SIMD3 where Scalar == Float {
    /// The same in double precision.
    @inlinable @inline(__always)
    package var double: SIMD3<Double> { SIMD3<Double>(self) }

    /// The vector at length 1, or zero where it has no direction.
    @inlinable @inline(__always)
    package var unitOrZero: Self { unit(longerThan: 1e-15) ?? .zero }

    /// The vector at length 1 to the last digit, whatever its size, or zero where it has no direction.
    package var preciseUnitOrZero: Self { double.normalized().map { Self($0) } ?? .zero }
}
