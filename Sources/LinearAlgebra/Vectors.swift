import BSBBasics

/// Sums over vectors of floats.
///
/// All of them have a fixed order of summation.
package enum Vectors {
    /// The sum of the products of two vectors of equal length, in single precision with eight partial sums.
    ///
    /// Complexity: O(n).
    @inlinable
    package static func dot(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Float {
        precondition(a.count == b.count, "vectors must have one length")
        var lanes = SIMD8<Float>.zero
        var i = 0
        while i + 8 <= a.count {
            lanes += load8(a, i) * load8(b, i)
            i += 8
        }
        var sum = lanes.sum()
        while i < a.count {
            sum += a[i] * b[i]
            i += 1
        }
        return sum
    }

    /// Adds `scale` times a vector to another of equal length, in place.
    ///
    /// Complexity: O(n).
    @inlinable
    package static func add(_ scale: Float, _ x: UnsafeBufferPointer<Float>, to y: UnsafeMutableBufferPointer<Float>) {
        precondition(x.count == y.count, "vectors must have one length")
        guard let from = x.baseAddress, let to = y.baseAddress else { return }
        for i in 0..<x.count { to[i] += scale * from[i] }
    }

    /// The sum of the squares in double precision.
    ///
    /// Complexity: O(n).
    @inlinable
    package static func squaredNorm(_ values: some Sequence<Float>) -> Double {
        values.reduce(0) { $0 + Double($1) * Double($1) }
    }

    /// The cosine of the angle between two vectors of equal length; 0 if one of them has no length.
    ///
    /// Complexity: O(n).
    package static func cosine(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
        precondition(a.count == b.count, "vectors must have one length")
        let lengths = (squaredNorm(a) * squaredNorm(b)).squareRoot()
        let product = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        return lengths > 0 ? Float(product / lengths) : 0
    }

    @usableFromInline
    @inline(__always)
    static func load8(_ values: UnsafeBufferPointer<Float>, _ start: Int) -> SIMD8<Float> {
        UnsafeRawPointer(values.baseAddress! + start).loadUnaligned(as: SIMD8<Float>.self)
    }
}
