import Foundation

// The few vector operations that Swift's SIMD types lack.

@inline(__always)
func dot<T: BinaryFloatingPoint & SIMDScalar>(_ a: SIMD3<T>, _ b: SIMD3<T>) -> T { a.x * b.x + a.y * b.y + a.z * b.z }

@inline(__always)
func cross<T: BinaryFloatingPoint & SIMDScalar>(_ a: SIMD3<T>, _ b: SIMD3<T>) -> SIMD3<T> {
    [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
}

extension SIMD3 where Scalar == Double {
    /// The vector at length 1, or nil where it is shorter than `minimum` or not finite.
    func normalized(above minimum: Double = 0) -> Self? {
        let largest = Swift.max(abs(x), abs(y), abs(z))
        guard largest > 0, largest.isFinite else { return nil }
        let scaled = self / largest
        let length = dot(scaled, scaled).squareRoot()
        return length * largest > minimum ? scaled / length : nil
    }
}

extension SIMD3 where Scalar == Float {
    var double: SIMD3<Double> { SIMD3<Double>(self) }

    /// The vector at length 1, or zero where it has no direction.
    var unitOrZero: Self { double.normalized().map { Self($0) } ?? .zero }
}
