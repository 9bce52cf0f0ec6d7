import BSBBasics
import Foundation
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    @Test func writesAndReadsBackCreatingDirectories() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/a/b/c.bin"
            try AtomicFile.write(Data([1, 2, 3]), to: path)
            try AtomicFile.write(Data([4, 5]), to: path)
            #expect(try AtomicFile.readFile(path) == Data([4, 5]))
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory + "/a/b") == ["c.bin"])
        }
    }

    @Test func namesAsLongAsTheyCanBe() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/" + String(repeating: "n", count: 255)
            try AtomicFile.write("x", to: path)
            #expect(try AtomicFile.readFile(path) == Data("x".utf8))
        }
    }

    @Test func withoutCommitNothingIsLeft() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.write("old", to: directory + "/f")
            do {
                let writer = try AtomicFileWriter(path: directory + "/f")
                try writer.append(Data("new".utf8))
            }
            #expect(try AtomicFile.readFile(directory + "/f") == Data("old".utf8))
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["f"])
        }
    }

    @Test func aDestinationThatCannotBeIsBadInput() throws {
        try withTemporaryDirectory { directory in
            #expect(kind { try AtomicFile.write("x", to: directory) } == .badInput)
            #expect(kind { try AtomicFile.write("x", to: directory + "/f/") } == .badInput)
            try AtomicFile.write("x", to: directory + "/f")
            for path in ["/f/g", "/f/g/h", "/" + String(repeating: "n", count: 256)] {
                #expect(kind { try AtomicFile.write("x", to: directory + path) } == .badInput, "\(path)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["f"])
        }
    }

    @Test func aFolderBehindALinkToNowhereIsMissing() throws {
        try withTemporaryDirectory { directory in
            try FileManager.default.createSymbolicLink(atPath: directory + "/link", withDestinationPath: directory + "/none")
            for path in ["/link/f", "/link/a/f"] {
                #expect(kind { try AtomicFile.write("x", to: directory + path) } == .missingInput)
                #expect(kind { try AtomicFile.checkFolder(directory + path) } == .missingInput)
            }
            #expect(kind { try AtomicFile.checkFolder(directory + "/link") } == .missingInput)
        }
    }

    @Test func foldersAreCheckedWithoutBeingMade() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.checkFolder(directory)
            try AtomicFile.checkFolder(directory + "/a/b")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == [])
            try AtomicFile.write("x", to: directory + "/f")
            #expect(kind { try AtomicFile.checkFolder(directory + "/f") } == .badInput)
            #expect(kind { try AtomicFile.checkFolder(directory + "/f/g/h") } == .badInput)
            try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: directory)
            // The superuser may write anywhere.
            if getuid() != 0 {
                #expect(kind { try AtomicFile.checkFolder(directory + "/a/b") } == .badInput)
                #expect(kind { try AtomicFile.write("x", to: directory + "/g") } == .badInput)
            }
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory)
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func aFullDiskFails() {
        #expect(kind { try AtomicFile.write("x", to: "/dev/full") } == .internal)
        #expect(FileManager.default.fileExists(atPath: "/dev/full"))
    }

    @Test func unreadableInputsAreNamed() throws {
        try withTemporaryDirectory { directory in
            #expect(kind { _ = try AtomicFile.readFile(directory + "/none") } == .missingInput)
            #expect(kind { _ = try AtomicFile.readFile("") } == .missingInput)
            #expect(kind { _ = try AtomicFile.readFile(directory) } == .badInput)
            #expect(kind { _ = try AtomicFile.readFile("/dev/null") } == .badInput)
            let path = directory + "/secret"
            try AtomicFile.write("x", to: path)
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
            // The superuser may read anything.
            if getuid() != 0 { #expect(kind { _ = try AtomicFile.readFile(path) } == .missingInput) }
            #expect(kind { _ = try AtomicFile.readFile(path + "/x") } == .missingInput)
        }
    }
}

/// The kind of the failure that `body` throws, or nothing.
func kind(_ body: () throws -> Void) -> Failure.Kind? {
    do {
        try body()
        return nil
    } catch {
        return (error as? Failure)?.kind
    }
}
