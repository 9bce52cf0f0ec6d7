import Foundation
import TestSupport
import Testing

@testable import BSBShapes

/// Kinds of files that readers must not take for others, and oddities within a kind.
@Suite struct FileKindTests {
    static let square = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"

    @Test func aWrongEndingDoesNotMatter() {
        let obj = Data((Self.square + "f 1 2 3 4\n").utf8)
        for ending in ["stl", "ply", "glb", "gltf", "OBJ", "txt"] {
            #expect(MeshFormat(sniffing: obj, path: "a.\(ending)") == .obj, "\(ending)")
        }
        let stl = Data("SOLID x\nFacet normal 0 0 1\n outer loop\n".utf8)
        #expect(MeshFormat(sniffing: stl, path: "a.obj") == .stl)
        #expect(MeshFormat(sniffing: Data("\n\nPLY\nformat".utf8), path: "a.obj") == .ply)
        #expect(MeshFormat(sniffing: Data(" {\"asset\": {\"version\": \"2.0\"}}".utf8), path: "a.obj") == .gltf)
    }

    @Test(arguments: [
        ([0x1F, 0x8B, 8, 0], "gzip"), (Array("PK\u{3}\u{4}".utf8), "ZIP"), (Array("<!DOCTYPE html><html>".utf8), "HTML"),
        (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "Git LFS"), (Array("Kaydara FBX Binary  ".utf8), "FBX"),
        (Array("<?xml version=\"1.0\"?><COLLADA>".utf8), "COLLADA"), ([0xFF, 0xD8, 0xFF, 0xE0], "JPEG"),
    ])
    func foreignFilesAreNamed(_ bytes: [UInt8], _ name: String) throws {
        for ending in ["obj", "stl", "glb"] {
            let path = temporaryPath() + ".\(ending)"
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            defer { try? FileManager.default.removeItem(atPath: path) }
            #expect(failureText { try Mesh(contentsOf: path) }?.contains(name) == true)
        }
    }

    @Test func keywordsInAnyCaseAndCommentsBehindFaces() throws {
        let read = try mesh("V 0 0 0\nV 1 0 0\nV 1 1 0\nF 1 2 3# a comment\nf 1 2 3 // another\nf 1 2 3 ; and one\n", .obj)
        #expect(read.fileFaceCount == 3 && read.faces.count == 3)
    }

    @Test func plyHeadersOfManyHands() throws {
        let body = "0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n"
        for list in ["vertex_index", "vertexIndices", "corners"] {
            let header =
                "\n\nPLY\nFORMAT ascii 1.0\nCreated by hand\nELEMENT vertex 3\nproperty FLOAT x\nproperty float y\nproperty float z\n"
                + "element face 1\nproperty list uchar int \(list)\nEND_HEADER\n"
            #expect(try mesh(header + body, .ply).faces == [SIMD3(0, 1, 2)])
        }
    }

    @Test func wedgesAndPicturesOfPLY() throws {
        let text = """
            ply
            format ascii 1.0
            comment TextureFile none.png
            element vertex 3
            property float x
            property float y
            property float z
            element face 1
            property list uchar int vertex_indices
            property list uchar float texcoord
            end_header
            0 0 0
            1 0 0
            0 1 0
            3 0 1 2 6 0 0 1 0 0.5 1
            """
        let appearance = try #require(try mesh(text, .ply).appearance)
        #expect(appearance.coordinates == [[0, 1], [1, 1], [0.5, 0]] && appearance.materials.map(\.name) == ["none.png"])
    }

    @Test func picturesOfPLYComeOut() throws {
        let folder = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let picture = Data([0x89, 0x50, 0x4E, 0x47, 1, 2, 3])
        try picture.write(to: URL(fileURLWithPath: folder + "/skin one.png"))
        let header =
            "ply\nformat ascii 1.0\ncomment TextureFile skin one.png\nelement vertex 3\n"
            + "property float x\nproperty float y\nproperty float z\nelement face 1\nproperty list uchar int vertex_indices\n"
            + "property list uchar float texcoord\nend_header\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2 6 0.1 0.90001 0.7 0.3 0.123456 0.7654321\n"
        try Data(header.utf8).write(to: URL(fileURLWithPath: folder + "/m.ply"))
        let mesh = try Mesh(contentsOf: folder + "/m.ply")
        let names = mesh.pictureNames(beside: "part")
        let parts = MeshParts([.init(name: "part", color: [0, 0, 1])], ofFileFace: [-1])
        let files = try mesh.objFiles(parts: parts, name: "part")
        #expect(names.count == 1 && files.contains { $0.name == names[0] && $0.data == picture })
        for isText in [false, true] {
            try mesh.plyData(attributes: MeshAttributes(pictures: names), ascii: isText).write(
                to: URL(fileURLWithPath: folder + "/part.ply"))
            for file in files { try file.data.write(to: URL(fileURLWithPath: folder + "/" + file.name)) }
            let read = try Mesh(contentsOf: folder + "/part.ply")
            #expect(read.appearance?.materials.map(\.picture) == [picture] && read.appearance?.materialOfFace == [0])
            #expect(read.polygons?.places == mesh.polygons?.places && read.appearance?.coordinates == mesh.appearance?.coordinates)
        }
        #expect(String(decoding: files[0].data, as: UTF8.self).contains("vt 0.123456 0.7654321\n"))
    }

    @Test func normalsAndPlacesOfOBJComeOutAsTheyWere() throws {
        let lines = [
            "v 0 0 0", "v 1 0 0", "v 0 1 0", "vt 0.1 0.90001", "vt 0.7 0.3", "vt 0.123456 0.7654321", "vn 0 0 1", "vn 0.6 0 0.8",
        ]
        for face in ["f 1/1/1 2/2/2 3/3/1", "f 1//2 2//1 3//2", "f 1/1 2/2 3/3", "f 1/1/-1 2/2/-2 3/3"] {
            let read = try mesh((lines + [face, ""]).joined(separator: "\n"), .obj)
            let parts = MeshParts([.init(name: "part", color: [0, 0, 1])], ofFileFace: [0])
            let written = String(decoding: try read.objFiles(parts: parts, name: "part")[0].data, as: UTF8.self).split(separator: "\n")
            let expected = face == "f 1/1/-1 2/2/-2 3/3" ? "f 1/1/2 2/2/1 3/3" : face
            #expect(written.contains(Substring(expected)), "\(written)")
            if face.contains("//") { continue }
            for line in lines.filter({ $0.hasPrefix("vt") }) { #expect(written.contains(Substring(line)), "\(written)") }
        }
    }

    @Test func severalSolidsAreGroups() throws {
        let facet = "facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n"
        let read = try mesh("solid left part\n\(facet)endsolid left part\nsolid right\n\(facet)\(facet)endsolid\n", .stl)
        #expect(read.groups == [.init(name: "left part", fileFaces: [0]), .init(name: "right", fileFaces: [1, 2])])
    }

    @Test(arguments: [false, true]) func coloursOfBinarySTL(_ isMagics: Bool) throws {
        var file = ByteWriter()
        file.put((isMagics ? "COLOR=\u{7F}\u{7F}\u{7F}\u{7F}" : "x").padding(toLength: 80, withPad: " ", startingAt: 0))
        file.put(UInt32(1))
        file.put(0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0)
        // Red in the one's order of bits or in the other's.
        file.put(isMagics ? UInt16(31) : UInt16(0x8000 | 31 << 10))
        #expect(try Mesh(data: file.data, format: .stl).vertexColors == [[1, 0, 0], [1, 0, 0], [1, 0, 0]])
    }

    @Test func coloursOfFacesInOFF() throws {
        let read = try mesh("OFF\n3 2 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2 255 0 0\n3 2 1 0 0 255 0\n", .off)
        #expect(read.appearance?.materialOfFace == [0, 1] && read.appearance?.materials[1].color == [0, 1, 0])
    }

    @Test func limitsAreTold() {
        let options = MeshReadingOptions(maximumFaces: 1)
        let data = Data((Self.square + "f 1 2 3\nf 1 3 4\n").utf8)
        #expect(failureText { try Mesh(data: data, format: .obj, options: options) }?.contains("--max-faces") == true)
        var tree = GLTFSample()
        tree.nodes = "[" + (0..<8).map { "{\"mesh\":0,\"children\":[\($0 + 1)]}" }.joined(separator: ",") + ",{\"mesh\":0}]"
        let json = Data(tree.json(uri: "data:application/octet-stream;base64," + tree.bytes.base64EncodedString()).utf8)
        #expect(failureText { try Mesh(data: json, format: .gltf, options: .init(maximumFaces: 9)) }?.contains("--max-faces") == true)
        #expect(throws: Never.self) { try Mesh(data: json, format: .gltf, options: .init(maximumFaces: 18)) }
    }

    @Test func manyMaterialsTakeLittleTime() throws {
        let count = 100_000
        let lines = (0..<count).map { "usemtl material_number_\($0)\nf 1 2 3\n" }.joined()
        let read = try mesh(Self.square + lines, .obj)
        #expect(read.appearance?.materials.count == count && read.appearance?.materialOfFace.last == Int32(count - 1))
    }

    @Test func versionOneIsNamed() {
        let text = #"{"asset":{"version":"1.0"},"meshes":{"a":{"primitives":[]}},"scenes":{"s":{"nodes":["n"]}}}"#
        #expect(failureText { try mesh(text, .gltf) }?.contains("glTF 1.0") == true)
    }

    @Test func onlyPointsAreNamed() throws {
        var sample = GLTFSample()
        sample.primitive = #"{"attributes":{"POSITION":0},"mode":0}"#
        #expect(failureText { try sample.mesh() }?.contains("only points") == true)
    }

    @Test func requiredExtensionsThatDoNotTouchTheShape() throws {
        var sample = GLTFSample()
        sample.more = #""extensionsRequired":["KHR_xmp_json_ld","VRM"],"#
        #expect(try sample.mesh().remarks.contains { $0.contains("VRM") })
        sample.more = #""extensionsRequired":["KHR_gaussian_splatting"],"#
        #expect(failureText { try sample.mesh() }?.contains("KHR_gaussian_splatting") == true)
    }

    @Test func morphTargetsHaveTheirDefaultWeights() throws {
        var sample = GLTFSample()
        sample.primitive = #"{"attributes":{"POSITION":0},"indices":1,"targets":[{"POSITION":0}]}"#
        sample.nodes = #"[{"mesh":0,"weights":[0.5]}]"#
        #expect(try sample.mesh().vertices[2] == [1.5, 1.5, 0])
    }
}
