import Foundation
import TestSupport
import Testing

@testable import BSBResults

/// Files that wait to be written.
@Suite struct OutputFolderTests {
    private func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    @Test func largeFilesWaitOnDisk() throws {
        try withTemporaryDirectory { directory in
            let folder = "\(directory)/out"
            let large = Data((0..<OutputFolder.largeFile).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            var files = OutputFolder(for: folder)
            files.add("small.txt", Data("small".utf8))
            var others = files.empty
            others.add("large.bin", large)
            files.add(others)
            files.add("result.json", Data("{}".utf8))
            #expect(files.names == ["small.txt", "large.bin", "result.json"])
            #expect(files.files.map(\.name) == ["small.txt", "result.json"])
            let waiting = names(in: folder)
            #expect(waiting.count == 1 && waiting.allSatisfy { $0.hasPrefix(".partial-") })
            try files.write(to: folder)
            #expect(names(in: folder) == ["large.bin", "result.json", "small.txt"])
            #expect(FileManager.default.contents(atPath: "\(folder)/large.bin") == large)
        }
    }

    @Test func whatIsNotWrittenLeavesNoFile() throws {
        try withTemporaryDirectory { directory in
            do {
                var files = OutputFolder(for: directory)
                files.add("large.bin", Data(count: OutputFolder.largeFile))
                #expect(names(in: directory).count == 1)
            }
            #expect(names(in: directory).isEmpty)
        }
    }

    @Test func withoutAFolderAllIsInMemory() {
        var files = OutputFolder()
        files.add("large.bin", Data(count: OutputFolder.largeFile))
        #expect(files.files.map(\.name) == ["large.bin"])
    }
}
