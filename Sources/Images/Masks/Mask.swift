import BSBBasics

/// A set of pixels of a picture, packed 64 to a word.
///
/// Packing keeps a 12-megapixel mask at 1.5 MB and makes an intersection over union a matter of counting bits.
public struct Mask: Hashable, Sendable {
    /// Columns of the picture.
    public let width: Int
    /// Rows of the picture.
    public let height: Int
    /// Words of a row; bit `x % 64` of word `x / 64` is pixel x, and bits past the width are 0.
    package let wordsPerRow: Int
    /// height x wordsPerRow words.
    package internal(set) var words: [UInt64]

    /// The empty mask.
    public init(width: Int, height: Int) {
        precondition(width > 0 && height > 0, "a mask has at least one pixel")
        self.width = width
        self.height = height
        wordsPerRow = (width + 63) / 64
        words = [UInt64](repeating: 0, count: wordsPerRow * height)
    }

    /// The pixels for which `contains` holds.
    public init(width: Int, height: Int, where contains: (_ x: Int, _ y: Int) -> Bool) {
        self.init(width: width, height: height)
        for y in 0..<height {
            for x in 0..<width where contains(x, y) {
                words[y * wordsPerRow + x / 64] |= 1 << UInt64(x % 64)
            }
        }
    }

    /// Whether a pixel inside the picture is in the mask.
    public subscript(x: Int, y: Int) -> Bool {
        get { words[y * wordsPerRow + x / 64] >> UInt64(x % 64) & 1 == 1 }
        set {
            let bit: UInt64 = 1 << UInt64(x % 64)
            if newValue { words[y * wordsPerRow + x / 64] |= bit } else { words[y * wordsPerRow + x / 64] &= ~bit }
        }
    }

    /// Adds the pixels `range` of row `y`.
    ///
    /// Complexity: O(range / 64).
    package mutating func insert(_ range: Range<Int>, row y: Int) {
        guard !range.isEmpty else { return }
        let (first, last) = (range.lowerBound / 64, (range.upperBound - 1) / 64)
        for word in first...last {
            var bits = ~UInt64(0)
            if word == first { bits &= ~UInt64(0) << UInt64(range.lowerBound % 64) }
            if word == last { bits &= ~UInt64(0) >> UInt64(63 - (range.upperBound - 1) % 64) }
            words[y * wordsPerRow + word] |= bits
        }
    }

    /// The number of pixels.
    ///
    /// Complexity: O(width x height / 64).
    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether no pixel is in the mask.
    public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// The pixels in both.
    public func intersection(_ other: Mask) -> Mask { combined(other, &) }

    /// The pixels in either.
    public func union(_ other: Mask) -> Mask { combined(other, |) }

    /// The pixels in this and not in `other`.
    public func subtracting(_ other: Mask) -> Mask { combined(other) { $0 & ~$1 } }

    /// Intersection over union with a mask of the same size; 0 where both are empty.
    public func intersectionOverUnion(_ other: Mask) -> Float {
        precondition(width == other.width && height == other.height, "masks of different size")
        var (both, either) = (0, 0)
        for (a, b) in zip(words, other.words) {
            both += (a & b).nonzeroBitCount
            either += (a | b).nonzeroBitCount
        }
        return either == 0 ? 0 : Float(both) / Float(either)
    }

    private func combined(_ other: Mask, _ operation: (UInt64, UInt64) -> UInt64) -> Mask {
        precondition(width == other.width && height == other.height, "masks of different size")
        var result = self
        for i in words.indices { result.words[i] = operation(words[i], other.words[i]) }
        return result
    }
}
