import Foundation

/// A growing file of little-endian numbers and of text.
///
/// It grows by blocks, so that a large file is never copied to make room.
struct LittleEndianData {
    private var blocks = Data()
    private var last: [UInt8] = []
    private static let blockSize = 1 << 16

    /// The number of bytes so far.
    var count: Int { blocks.count + last.count }

    /// All bytes.
    var data: Data {
        mutating get {
            flush()
            return blocks
        }
    }

    /// Hands over all bytes and is empty then, so that nobody copies them.
    mutating func take() -> Data {
        let all = data
        self = LittleEndianData()
        return all
    }

    @inline(__always)
    mutating func put<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { last.append(contentsOf: $0) }
        if last.count >= Self.blockSize { flush() }
    }

    @inline(__always)
    mutating func put(_ vector: SIMD3<Float>) {
        for axis in 0..<3 { put(vector[axis].bitPattern) }
    }

    mutating func put(_ text: String) {
        last.append(contentsOf: text.utf8)
        if last.count >= Self.blockSize { flush() }
    }

    mutating func put(_ bytes: Data) {
        flush()
        blocks.append(bytes)
    }

    /// Puts the decimal digits of a number.
    mutating func put(digitsOf value: UInt64) {
        let start = last.count
        var rest = value
        repeat {
            last.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        last[start...].reverse()
    }

    private mutating func flush() {
        blocks.append(contentsOf: last)
        last.removeAll(keepingCapacity: true)
    }
}
