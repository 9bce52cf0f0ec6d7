/// The cross product.
@inline(__always)
func cross<Scalar: BinaryFloatingPoint>(_ a: SIMD3<Scalar>, _ b: SIMD3<Scalar>) -> SIMD3<Scalar> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

/// The dot product.
@inline(__always)
func dot<Scalar: BinaryFloatingPoint>(_ a: SIMD3<Scalar>, _ b: SIMD3<Scalar>) -> Scalar {
    a.x * b.x + a.y * b.y + a.z * b.z
}

/// The Euclidean length.
@inline(__always)
func length<Scalar: BinaryFloatingPoint>(_ a: SIMD3<Scalar>) -> Scalar {
    dot(a, a).squareRoot()
}
