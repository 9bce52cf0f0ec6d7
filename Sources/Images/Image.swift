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
    package init(width: Int, height: Int, fill: Color = .black) {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        self.width = width
        self.height = height
        pixels = [UInt8](repeating: 0, count: width * height * 3)
        for i in 0..<(width * height) {
            pixels[3 * i] = fill.red
            pixels[3 * i + 1] = fill.green
            pixels[3 * i + 2] = fill.blue
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
    package subscript(x: Int, y: Int) -> Color {
        get {
            let i = 3 * (y * width + x)
            return Color(pixels[i], pixels[i + 1], pixels[i + 2])
        }
        set {
            let i = 3 * (y * width + x)
            pixels[i] = newValue.red
            pixels[i + 1] = newValue.green
            pixels[i + 2] = newValue.blue
        }
    }
}

extension Image: CustomStringConvertible {
    /// The size; the pixels are too many to be read.
    public var description: String { "picture of \(width) x \(height) pixels" }
}
