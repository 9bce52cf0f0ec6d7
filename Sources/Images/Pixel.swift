/// A pixel of a picture.
public struct Pixel: Hashable, Sendable, Codable {
    /// The column, counted from the left.
    public var x: Int
    /// The row, counted from the top.
    public var y: Int

    /// The pixel in column `x` of row `y`.
    public init(x: Int, y: Int) {
        self.x = x
        self.y = y
    }

    /// The pixel's centre in the picture's plane.
    public var center: SIMD2<Float> { [Float(x) + 0.5, Float(y) + 0.5] }
}
