/// A picture of 8-bit sRGB colours without alpha.
///
/// Row 0 is the top. Pixel (x, y) covers the square [x, x + 1) x [y, y + 1) of the continuous image plane, so its centre is at
/// (x + 0.5, y + 0.5).
public struct Image: Hashable, Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Red, green, blue of each pixel, row by row: height x width x 3.
    public var pixels: [UInt8]

    /// A picture of one colour.
    public init(width: Int, height: Int, fill: (UInt8, UInt8, UInt8) = (0, 0, 0)) {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        self.width = width
        self.height = height
        pixels = [UInt8](repeating: 0, count: width * height * 3)
        for i in 0..<(width * height) {
            pixels[3 * i] = fill.0
            pixels[3 * i + 1] = fill.1
            pixels[3 * i + 2] = fill.2
        }
    }

    /// A picture of the given pixels, height x width x 3.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == width * height * 3, "pixels must be height x width x 3")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// The colour of a pixel inside the picture.
    public subscript(x: Int, y: Int) -> (UInt8, UInt8, UInt8) {
        get {
            let i = 3 * (y * width + x)
            return (pixels[i], pixels[i + 1], pixels[i + 2])
        }
        set {
            let i = 3 * (y * width + x)
            pixels[i] = newValue.0
            pixels[i + 1] = newValue.1
            pixels[i + 2] = newValue.2
        }
    }
}

extension Image: CustomStringConvertible {
    /// The size; the pixels are too many to be read.
    public var description: String { "picture of \(width) x \(height) pixels" }
}
