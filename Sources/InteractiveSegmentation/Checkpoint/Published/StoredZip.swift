import Basics
import Foundation

/// The files of a ZIP archive whose entries are stored as they are, as `torch.save` writes them.
///
/// Every number of the archive is checked against the bytes that there are before anything is read by it.
struct StoredZip {
    private let bytes: [UInt8]
    private let entries: [String: Range<Int>]

    /// The names of the entries, in order.
    var names: [String] { entries.keys.sorted() }

    /// Reads the archive's directory and checks each entry's checksum.
    ///
    /// - Throws: `Failure` for bytes that are no such archive, for compressed or encrypted entries and for archives beyond 4 GB.
    /// - Complexity: O(bytes).
    init(_ data: Data, path: String?) throws {
        let fail = { (reason: String) in Failure(.badInput, "reading the checkpoint", path: path, reason: reason) }
        bytes = Array(data)
        guard let end = Self.endRecord(bytes) else { throw fail("it is not a ZIP archive, or it was cut short") }
        let count = Int(Self.short(bytes, end + 10))
        var place = Int(Self.word(bytes, end + 16))
        guard count < 0xFFFF, place < 0xFFFF_FFFF else { throw fail("it is an archive beyond 4 GB, which cannot be read") }
        var found: [String: Range<Int>] = [:]
        for _ in 0..<count {
            guard place + 46 <= end, Self.word(bytes, place) == 0x0201_4B50 else { throw fail("its directory is damaged") }
            let entry = DirectoryEntry(bytes, place)
            guard entry.end <= end else { throw fail("its directory is damaged") }
            let name = String(decoding: bytes[entry.name], as: UTF8.self)
            guard entry.flags & 1 == 0 else { throw fail("'\(name)' in it is encrypted") }
            guard entry.method == 0, entry.size == entry.storedSize else {
                throw fail("'\(name)' in it is compressed, which torch does not do")
            }
            guard let range = Self.content(of: entry, bytes) else { throw fail("'\(name)' in it lies outside the file") }
            guard Self.checksum(bytes[range]) == entry.checksum else { throw fail("'\(name)' in it is damaged") }
            guard found.updateValue(range, forKey: name) == nil else { throw fail("'\(name)' is in it twice") }
            place = entry.end
        }
        entries = found
    }

    /// The bytes of an entry; nil if there is none of this name.
    func content(_ name: String) -> ArraySlice<UInt8>? { entries[name].map { bytes[$0] } }

    /// A line of the directory; the 46 bytes of its fixed part must be there.
    private struct DirectoryEntry {
        var flags: UInt16
        var method: UInt16
        var checksum: UInt32
        var storedSize: UInt32
        var size: UInt32
        var name: Range<Int>
        var end: Int
        var header: Int

        init(_ bytes: [UInt8], _ place: Int) {
            (flags, method) = (StoredZip.short(bytes, place + 8), StoredZip.short(bytes, place + 10))
            checksum = StoredZip.word(bytes, place + 16)
            (storedSize, size) = (StoredZip.word(bytes, place + 20), StoredZip.word(bytes, place + 24))
            let nameEnd = place + 46 + Int(StoredZip.short(bytes, place + 28))
            end = nameEnd + Int(StoredZip.short(bytes, place + 30)) + Int(StoredZip.short(bytes, place + 32))
            name = (place + 46)..<nameEnd
            header = Int(StoredZip.word(bytes, place + 42))
        }
    }

    /// Where the directory's end record is: the last place with its mark whose comment reaches the end of the file.
    private static func endRecord(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 22 else { return nil }
        let first = max(0, bytes.count - 22 - 0xFFFF)
        return (first...(bytes.count - 22)).reversed().first { place in
            word(bytes, place) == 0x0605_4B50 && place + 22 + Int(short(bytes, place + 20)) == bytes.count
        }
    }

    private static func content(of entry: DirectoryEntry, _ bytes: [UInt8]) -> Range<Int>? {
        guard entry.header + 30 <= bytes.count, word(bytes, entry.header) == 0x0403_4B50 else { return nil }
        let start = entry.header + 30 + Int(short(bytes, entry.header + 26)) + Int(short(bytes, entry.header + 28))
        guard start + Int(entry.size) <= bytes.count else { return nil }
        return start..<(start + Int(entry.size))
    }

    private static func short(_ bytes: [UInt8], _ place: Int) -> UInt16 { UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8 }

    private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        UInt32(short(bytes, place)) | UInt32(short(bytes, place + 2)) << 16
    }

    /// CRC-32 of ZIP archives.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { crc, byte in table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ (crc >> 8) }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }
}
