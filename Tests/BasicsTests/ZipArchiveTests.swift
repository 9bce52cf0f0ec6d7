import Foundation
import Testing

@testable import BSBBasics

/// Zip files: others read what is written, and no bytes make reading trap.
@Suite struct ZipArchiveTests {
    static func archive() throws -> Data {
        var zip = ZipArchive()
        zip.add("a.txt", Data("hello".utf8))
        zip.add("folder/ü.bin", Data((0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }))
        zip.add("empty", Data())
        return try zip.encoded()
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let data = try Self.archive()
        let zip = try ZipArchive(data)
        #expect(zip.files.map(\.name) == ["a.txt", "folder/ü.bin", "empty"])
        #expect(zip.files[0].data == Data("hello".utf8) && zip.files[1].data.count == 1000 && zip.files[2].data.isEmpty)
        #expect(try Self.archive() == data)
    }

    @Test func thePythonsZipReaderAgrees() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("bsb-\(UUID().uuidString).zip")
        defer { try? FileManager.default.removeItem(at: path) }
        try Self.archive().write(to: path)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(sorted((i.filename,i.file_size) for i in z.infolist()))",
            path.path,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        process.waitUntilExit()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(process.terminationStatus == 0)
        #expect(said == "[('a.txt', 5), ('empty', 0), ('folder/ü.bin', 1000)]\n")
    }

    @Test func damagedBytesAreRefusedAndNeverTrap() throws {
        let data = try Self.archive()
        for length in 0..<data.count { #expect(throws: Failure.self) { try ZipArchive(data.prefix(length)) } }
        var random = SeededGenerator(seed: 3, stream: 0)
        for _ in 0..<3000 {
            var other = [UInt8](data)
            for _ in 0..<(1 + Int(random.next() % 4)) {
                other[Int(random.next() % UInt64(other.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            guard let zip = try? ZipArchive(Data(other)) else { continue }
            // Only names may have changed where the check sums hold.
            #expect(zip.files.reduce(0) { $0 + $1.data.count } <= data.count)
        }
    }
}
