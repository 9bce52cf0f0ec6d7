import BSBWorkbench
import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBEvaluation

/// Every reader is fed with damaged, hostile and odd files: it gives a shape or a `Failure`, never a trap.
@Suite struct MalformedInputTests {
    /// A good data set in each layout, by file; the file at `labels` or `mesh` is replaced.
    private struct Layout {
        var format: DataSetFormat
        var mesh: String
        var labels: String
        var files: [String: String]
    }

    private static let layouts = [
        Layout(
            format: .princeton, mesh: "Cup/7.off", labels: "Cup/7_labels.txt",
            files: ["Cup/7.off": tetrahedronOFF, "Cup/7_labels.txt": "body\n1 2 3\nhandle\n4\n"]),
        Layout(
            format: .coseg, mesh: "Vases/shapes/3.off", labels: "Vases/gt/3.seg",
            files: ["Vases/shapes/3.off": tetrahedronOFF, "Vases/gt/3.seg": "1\n1\n2\n4\n"]),
        Layout(
            format: .shapenetpart, mesh: "mug/meshes/a.obj", labels: "mug/points_label/a.seg",
            files: ["mug/meshes/a.obj": tetrahedronOBJ, "mug/points/a.pts": "0 0 0\n1 0 0\n", "mug/points_label/a.seg": "1\n2\n"]),
        Layout(
            format: .partnet, mesh: "172/objs/new-0.obj", labels: "172/result.json",
            files: ["172/result.json": #"[{"name": "chair", "objs": ["new-0"]}]"#, "172/objs/new-0.obj": tetrahedronOBJ]),
        Layout(
            format: .partnetMobility, mesh: "172/textured_objs/new-0.obj", labels: "172/mobility_v2.json",
            files: [
                "172/result.json": #"[{"name": "chair", "id": 0, "objs": ["new-0"]}]"#, "172/semantics.txt": "link_0 free seat",
                "172/mobility_v2.json": #"[{"id": 0, "parts": [{"id": 0}]}]"#, "172/textured_objs/new-0.obj": tetrahedronOBJ,
            ]),
        Layout(
            format: .simple, mesh: "Thing/a.obj", labels: "Thing/a.labels.json",
            files: ["Thing/a.obj": tetrahedronOBJ, "Thing/a.labels.json": #"{"names": ["a"], "perFace": [0, 0, 0, 0]}"#]),
    ]

    /// What came of reading every shape of a data set: nil for success.
    private func failure(_ layout: Layout, _ changed: [String: Data]) throws -> Failure? {
        try withTemporaryDirectory { folder in
            try write(layout.files, in: folder)
            for (name, data) in changed { try AtomicFile.write(data, to: "\(folder)/\(name)") }
            do {
                let set = try layout.format.open(folder)
                for entry in set.entries {
                    let shape = try set.shape(entry)
                    #expect(shape.labels.perFace.count == shape.mesh.fileFaceCount)
                    _ = try EvaluationShape(shape, settings: Settings())
                }
                return nil
            } catch let failure as Failure {
                #expect(!failure.reason.isEmpty)
                return failure
            }
        }
    }

    @Test func goodLayoutsAreRead() throws {
        for layout in Self.layouts { #expect(try failure(layout, [:]) == nil) }
    }

    /// Texts that are no labels in any layout.
    @Test(arguments: [
        "", " ", "\0", "\0\0\0\0", "-1", "1e400 1e400 1e400 1e400", "9223372036854775808", "-9223372036854775809 1 1 1", "nan nan nan nan",
        "{", "[[[[", "null", "true", "\"text\"", "{\"names\": null, \"perFace\": null}", "[null]", "[{}]", "1,1,1,1", "٣ ٣ ٣ ٣",
    ])
    func noLabels(_ text: String) throws {
        for layout in Self.layouts {
            let found = try failure(layout, [layout.labels: Data(text.utf8)])
            #expect(found != nil, "\(layout.format) took '\(text)'")
        }
    }

    @Test func bytesThatAreNoText() throws {
        let samples: [Data] = [
            Data([0xFF, 0xFE, 0x31, 0x00]), Data([0xEF, 0xBB, 0xBF]), Data([0x80, 0x81, 0xFE, 0xFF]), Data((0...255).map { UInt8($0) }),
            Data(repeating: 0x20, count: 100_000), Data(repeating: 0x5B, count: 100_000), Data(repeating: 0x39, count: 100_000),
        ]
        for layout in Self.layouts {
            for sample in samples { #expect(try failure(layout, [layout.labels: sample]) != nil) }
        }
    }

    /// Line ends and spaces that harmless editors make.
    @Test func oddLineEndsAreRead() throws {
        for layout in Self.layouts {
            let text = layout.files[layout.labels]!.replacingOccurrences(of: "\n", with: "\r\n")
            #expect(try failure(layout, [layout.labels: Data(text.utf8)]) == nil, "\(layout.format)")
            let spaced = layout.files[layout.labels]! + "\n \n"
            #expect(try failure(layout, [layout.labels: Data(spaced.utf8)]) == nil, "\(layout.format)")
        }
    }

    @Test(arguments: [
        "", "OFF", "OFF\n4 4\n", "OFF\n-4 4 6\n", "OFF\n99999999999 1 0\n", "v 0 0 0\n", "v nan 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n",
        "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n", "solid x\nendsolid x\n", "\0\0\0\0",
    ])
    func damagedMeshes(_ text: String) throws {
        for layout in Self.layouts { #expect(try failure(layout, [layout.mesh: Data(text.utf8)]) != nil, "\(layout.format)") }
    }

    /// Every prefix of a good file is read or refused.
    @Test func truncatedFiles() throws {
        for layout in Self.layouts {
            for name in [layout.mesh, layout.labels] {
                let data = Data(layout.files[name]!.utf8)
                for length in stride(from: 0, to: data.count, by: 5) { _ = try failure(layout, [name: data.prefix(length)]) }
            }
        }
    }

    /// Single changed bytes are read or refused.
    @Test func flippedBytes() throws {
        var generator = SeededGenerator(seed: 5)
        for layout in Self.layouts {
            for name in [layout.mesh, layout.labels] {
                for _ in 0..<40 {
                    var data = Data(layout.files[name]!.utf8)
                    data[generator.index(below: data.count)] = UInt8(generator.index(below: 256))
                    _ = try failure(layout, [name: data])
                }
            }
        }
    }

    @Test func foldersWhereFilesShouldBe() throws {
        for layout in Self.layouts {
            try withTemporaryDirectory { folder in
                try write(layout.files, in: folder)
                for name in [layout.labels, layout.mesh] {
                    try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
                    try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
                    #expect(throws: Failure.self) {
                        let set = try layout.format.open(folder)
                        for entry in set.entries { _ = try set.shape(entry) }
                    }
                }
            }
        }
    }

    @Test func absentFolders() {
        for layout in Self.layouts { #expect(throws: Failure.self) { try layout.format.open("/nowhere/at/all") } }
        #expect(throws: Failure.self) { try SplitTable(contentsOf: "/nowhere/split.csv") }
        #expect(throws: Failure.self) { try PhotoClicks(contentsOf: "/nowhere/clicks.json") }
        #expect(throws: Failure.self) { try ReturnedPhotos(contentsOf: "/nowhere") }
    }

    /// Tables and click files of all kinds are read or refused.
    @Test func damagedTablesAndClicks() throws {
        try withTemporaryDirectory { folder in
            let texts = [
                "", "\n", ",,,\n,,,\n", "category,id\nCup,1\n", "\0", "category,id,split\r\nCup,1,train\r\n", "{}", "{\"photos\": [{}]}",
                "{\"photos\": [{\"image\": 3, \"category\": \"Cup\", \"clicks\": []}]}",
                "{\"photos\": [{\"image\": \"a\", \"category\": \"Cup\", \"clicks\": [{\"x\": 1e99, \"y\": 0, \"part\": \"a\"}]}]}",
            ]
            for text in texts {
                try write(["file": text], in: folder)
                do { _ = try SplitTable(contentsOf: "\(folder)/file") } catch { #expect(error is Failure) }
                #expect(throws: Failure.self) { try PhotoClicks(contentsOf: "\(folder)/file") }
            }
        }
    }
}
