import Foundation

/// Files in one zip file, stored as they are.
package struct ZipArchive: Sendable {
    /// The files, in order; a name may hold folders.
    package private(set) var files: [(name: String, data: Data)] = []

    /// No files.
    package init() {}

    /// Adds a file.
    package mutating func add(_ name: String, _ data: Data) { files.append((name, data)) }

    /// The zip file's bytes, the same for the same files: every time in it is that of the format's beginning, 1980.
    ///
    /// Throws `Failure(.badInput)` for more than the format holds: 65,535 files, 4 GiB.
    package func encoded() throws -> Data {
        let size = files.reduce(22) { $0 + $1.data.count + 2 * $1.name.utf8.count + 76 }
        guard files.count < 0xFFFF, size < 0xFFFF_FFFF, files.allSatisfy({ $0.name.utf8.count < 0xFFFF }) else {
            throw Failure(.badInput, "writing a zip file", reason: "\(files.count) files of \(size) bytes are more than it can hold")
        }
        var data = Data(capacity: size)
        var directory = Data()
        for (name, content) in files {
            let entry = Self.entry(name, content)
            let start = data.count
            data.append(little: 0x0403_4B50, 4)
            data.append(entry)
            data.append(contentsOf: name.utf8)
            data.append(content)
            directory.append(little: 0x0201_4B50, 4)
            directory.append(little: 20, 2)
            directory.append(entry)
            for (value, size) in [(0, 2), (0, 2), (0, 2), (0, 4), (start, 4)] { directory.append(little: value, size) }
            directory.append(contentsOf: name.utf8)
        }
        let start = data.count
        data.append(directory)
        data.append(little: 0x0605_4B50, 4)
        for (value, size) in [(0, 2), (0, 2), (files.count, 2), (files.count, 2), (directory.count, 4), (start, 4), (0, 2)] {
            data.append(little: value, size)
        }
        return data
    }

    /// What stands the same in front of a file and in the directory: version to extract with, UTF-8 names, stored, time, CRC, sizes.
    private static func entry(_ name: String, _ content: Data) -> Data {
        var data = Data()
        let check = Int(CyclicCheck.value(of: content))
        let values = [
            (20, 2), (0x0800, 2), (0, 2), (0, 2), (0x21, 2), (check, 4), (content.count, 4), (content.count, 4), (name.utf8.count, 2),
            (0, 2),
        ]
        for (value, size) in values { data.append(little: value, size) }
        return data
    }

    /// Reads a zip file whose files are stored as they are, as ``encoded()`` writes it.
    ///
    /// Every number is checked against the bytes that there are; names are given as they stand. Throws `Failure(.badInput)` for other bytes,
    /// for compressed files, and for files whose check sum differs.
    package init(_ data: Data, name: String? = nil) throws {
        let fail = { (reason: String) in Failure(.badInput, "reading a zip file", path: name, reason: reason) }
        let bytes = [UInt8](data)
        func number(_ offset: Int, _ size: Int) throws -> Int {
            guard offset >= 0, offset <= bytes.count - size else { throw fail("it ends too early") }
            return (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        let ends = stride(from: bytes.count - 22, through: max(0, bytes.count - 65_557), by: -1)
        guard let end = ends.first(where: { bytes[$0..<($0 + 4)] == [0x50, 0x4B, 5, 6] }) else { throw fail("it is no zip file") }
        let count = try number(end + 10, 2)
        var place = try number(end + 16, 4)
        var covered = 0
        for _ in 0..<count {
            guard try number(place, 4) == 0x0201_4B50 else { throw fail("its list of files is damaged") }
            let (length, start) = (try number(place + 24, 4), try number(place + 42, 4))
            let nameLength = try number(place + 28, 2)
            guard try number(place + 10, 2) == 0, try number(place + 20, 4) == length else { throw fail("its files are compressed") }
            guard try number(start, 4) == 0x0403_4B50, place + 46 + nameLength <= bytes.count,
                let title = String(bytes: bytes[(place + 46)..<(place + 46 + nameLength)], encoding: .utf8)
            else { throw fail("its list of files is damaged") }
            let first = try start + 30 + number(start + 26, 2) + number(start + 28, 2)
            guard length <= bytes.count, first <= bytes.count - length else { throw fail("'\(title)' ends too early") }
            // Files that share bytes would take more memory than the zip file has.
            covered += length
            guard covered <= bytes.count else { throw fail("its files overlap") }
            let content = Data(bytes[first..<(first + length)])
            guard try number(place + 16, 4) == Int(CyclicCheck.value(of: content)) else { throw fail("'\(title)' is damaged") }
            add(title, content)
            place += 46 + nameLength + (try number(place + 30, 2)) + (try number(place + 32, 2))
        }
    }
}

/// The check sum of zip files: CRC-32 of ISO 3309.
private enum CyclicCheck {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    static func value(of data: Data) -> UInt32 {
        data.withUnsafeBytes { bytes in
            table.withUnsafeBufferPointer { table in
                ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
            }
        }
    }
}

extension Data {
    /// Appends the lowest bytes of a number, the lowest first.
    fileprivate mutating func append(little value: Int, _ size: Int) {
        for byte in 0..<size { append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
    }
}
