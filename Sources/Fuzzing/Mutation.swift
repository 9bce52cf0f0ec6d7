import BSBBasics
import Foundation

/// Damages bytes in the ways that files are damaged, and in those that readers fall for.
struct Mutation {
    private var generator: SeededGenerator
    private let others: [Data]

    /// Numbers in text that readers stumble over.
    private static let words = [
        "-1", "0", "1", "2147483647", "4294967295", "4294967296", "-2147483648", "9223372036854775807", "1e400", "-1e400", "nan", "inf",
        "1e-400",
        "0.1", "", " ", "\\", "\"", "{}", "[]", "null", "#", "/", "//", "\n", "\r", "\u{0}", "\u{FEFF}",
    ]
    /// The same in bytes.
    private static let numbers: [UInt64] = [
        0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, .max, 0x7FC0_0000,
    ]

    /// Damage by a seed, to bytes which may be joined with those of `others`.
    init(seed: UInt64, others: [Data]) {
        (generator, self.others) = (SeededGenerator(seed: seed), others)
    }

    /// A damaged copy of one of the files.
    mutating func next() -> Data {
        var bytes = [UInt8](others[generator.index(below: others.count)])
        for _ in 0...generator.index(below: 6) { damage(&bytes) }
        return Data(bytes.prefix(1 << 20))
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return bytes.append(UInt8(generator.index(below: 256))) }
        // Headers matter most.
        let reach = generator.index(below: 2) == 0 ? min(bytes.count, 256) : bytes.count
        let place = generator.index(below: reach)
        switch generator.index(below: 8) {
        case 0: bytes[place] ^= 1 << UInt8(generator.index(below: 8))
        case 1: bytes[place] = UInt8(generator.index(below: 256))
        case 2:
            let number = Self.numbers[generator.index(below: Self.numbers.count)]
            for byte in 0..<[1, 2, 4, 8][generator.index(below: 4)] where place + byte < bytes.count {
                bytes[place + byte] = UInt8(truncatingIfNeeded: number >> UInt64(8 * byte))
            }
        case 3: bytes.insert(contentsOf: Self.words[generator.index(below: Self.words.count)].utf8, at: place)
        case 4: bytes.removeSubrange(place..<min(bytes.count, place + 1 + generator.index(below: 16)))
        case 5: bytes.removeSubrange(place...)
        case 6:
            let end = min(bytes.count, place + 1 + generator.index(below: 64))
            bytes.insert(contentsOf: bytes[place..<end], at: generator.index(below: bytes.count))
        default:
            let other = others[generator.index(below: others.count)]
            guard !other.isEmpty else { return }
            bytes = bytes[..<place] + [UInt8](other.suffix(generator.index(below: other.count)))
        }
    }
}
