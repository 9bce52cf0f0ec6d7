import BSBBasics

/// The dot product.
func dot(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { (a * b).sum() }

extension SIMD3<Double> {
    /// The vector at length 1; +z for one without a direction.
    var unit: SIMD3<Double> { normalized() ?? [0, 0, 1] }
}
