import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBShapes

/// A one-triangle glTF whose parts a test can replace.
struct GLTFSample {
    var nodes = #"[{"mesh":0,"name":"leg"}]"#
    var scenes = #"[{"nodes":[0]}]"#
    var primitive = #"{"attributes":{"POSITION":0},"indices":1}"#
    var positionAccessor = #"{"bufferView":0,"componentType":5126,"count":4,"type":"VEC3"}"#
    var indexAccessor = #"{"bufferView":1,"componentType":5123,"count":6,"type":"SCALAR"}"#
    var views = #"{"buffer":0,"byteLength":48},{"buffer":0,"byteOffset":48,"byteLength":12}"#
    var more = ""
    var bytes: Data = {
        var writer = ByteWriter()
        writer.put(0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0)
        for index in [0, 1, 2, 0, 2, 3] { writer.put(UInt16(index)) }
        return writer.data
    }()

    func json(uri: String?) -> String {
        let place = uri.map { #","uri":"\#($0)""# } ?? ""
        return """
            {"asset":{"version":"2.0"},\(more)"scenes":\(scenes),"nodes":\(nodes),"meshes":[{"primitives":[\(primitive)]}],
            "accessors":[\(positionAccessor),\(indexAccessor)],"bufferViews":[\(views)],"buffers":[{"byteLength":\(bytes.count)\(place)}]}
            """
    }

    func mesh() throws -> Mesh {
        try Mesh(data: Data(json(uri: "data:application/octet-stream;base64," + bytes.base64EncodedString()).utf8), format: .gltf)
    }

    func glb(binaryFirst: Bool = false) -> Data {
        var text = json(uri: nil)
        while text.utf8.count % 4 != 0 { text += " " }
        var writer = ByteWriter()
        writer.put("glTF")
        writer.put(UInt32(2))
        writer.put(UInt32(28 + text.utf8.count + bytes.count))
        for isBinary in [binaryFirst, !binaryFirst] {
            writer.put(UInt32(isBinary ? bytes.count : text.utf8.count))
            writer.put(UInt32(isBinary ? 0x004E_4942 : 0x4E4F_534A))
            if isBinary { writer.data.append(bytes) } else { writer.put(text) }
        }
        return writer.data
    }
}

@Suite struct GLTFReaderTests {
    private let square = [SIMD3<Float>(0, 0, 0), SIMD3(1, 0, 0), SIMD3(1, 1, 0), SIMD3(0, 1, 0)]

    @Test func embeddedAndBinary() throws {
        let expected = [SIMD3<UInt32>(0, 1, 2), SIMD3(0, 2, 3)]
        let read = try GLTFSample().mesh()
        #expect(read.vertices == square && read.faces == expected && read.groups == [.init(name: "leg", fileFaces: [0, 1])])
        for binaryFirst in [false, true] {
            let data = GLTFSample().glb(binaryFirst: binaryFirst)
            #expect(MeshFormat(sniffing: data, path: "renamed.obj") == .glb)
            #expect(try Mesh(data: data, format: .glb).faces == expected)
        }
    }

    @Test func aBinaryFileWithItsBufferInAURI() throws {
        let sample = GLTFSample()
        var text = sample.json(uri: "data:application/octet-stream;base64," + sample.bytes.base64EncodedString())
        while text.utf8.count % 4 != 0 { text += " " }
        var writer = ByteWriter()
        writer.put("glTF")
        for number in [2, 20 + text.utf8.count, text.utf8.count, 0x4E4F_534A] { writer.put(UInt32(number)) }
        writer.put(text)
        #expect(try Mesh(data: writer.data, format: .glb).vertices == square)
    }

    @Test func aFlatteningTransformKeepsTheFaces() throws {
        var sample = GLTFSample()
        sample.nodes = #"[{"mesh":0,"scale":[1,1,0],"translation":[0,0,2]}]"#
        let read = try sample.mesh()
        #expect(read.vertices.allSatisfy { $0.z == 2 } && read.faces == [SIMD3(0, 1, 2), SIMD3(0, 2, 3)])
        sample.nodes = #"[{"mesh":0,"scale":[0,0,0]}]"#
        #expect(try sample.mesh().vertices.allSatisfy { $0 == .zero })
    }

    @Test func everyTruncationIsAFailure() {
        let data = GLTFSample().glb()
        for count in 0..<data.count { #expect(failureText { try Mesh(data: data.prefix(count), format: .glb) } != nil, "\(count)") }
    }

    @Test func externalBuffer() throws {
        let folder = URL(fileURLWithPath: temporaryPath())
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let sample = GLTFSample()
        try sample.bytes.write(to: folder.appendingPathComponent("the data.bin"))
        let path = folder.appendingPathComponent("a.gltf").path
        try Data(sample.json(uri: "the%20data.bin").utf8).write(to: URL(fileURLWithPath: path))
        #expect(try Mesh(contentsOf: path).vertices == square)
        for (uri, expected) in [
            ("none.bin", "no such file"), ("../x.bin", "outside"), ("/etc/passwd", "outside"), ("http://a/b", "outside"),
        ] {
            try Data(sample.json(uri: uri).utf8).write(to: URL(fileURLWithPath: path))
            #expect(failureText { try Mesh(contentsOf: path) }?.contains(expected) == true)
        }
    }

    @Test func nodesAreTransformedAndMirrorsTurned() throws {
        var sample = GLTFSample()
        sample.nodes = #"[{"children":[1],"translation":[0,0,5],"rotation":[0,0,0.70710678,0.70710678]},{"mesh":0,"scale":[2,2,2]}]"#
        let turned = try sample.mesh()
        #expect(
            zip(turned.vertices, [SIMD3<Float>(0, 0, 5), SIMD3(0, 2, 5), SIMD3(-2, 2, 5), SIMD3(-2, 0, 5)]).allSatisfy {
                length($0 - $1) < 1e-5
            })
        sample.nodes = #"[{"mesh":0,"matrix":[-1,0,0,0, 0,1,0,0, 0,0,1,0, 3,0,0,1]}]"#
        let mirrored = try sample.mesh()
        #expect(mirrored.vertices[1] == SIMD3(2, 0, 0) && mirrored.faces[0] == SIMD3(0, 2, 1))
    }

    @Test func stripsFansAndNoIndices() throws {
        var sample = GLTFSample()
        sample.primitive = #"{"attributes":{"POSITION":0},"mode":5}"#
        #expect(try sample.mesh().faces == [SIMD3(0, 1, 2), SIMD3(1, 3, 2)])
        sample.primitive = #"{"attributes":{"POSITION":0},"mode":6}"#
        #expect(try sample.mesh().faces == [SIMD3(0, 1, 2), SIMD3(0, 2, 3)])
        sample.primitive = #"{"attributes":{"POSITION":0}}"#
        #expect(try sample.mesh().faces == [SIMD3(0, 1, 2)])
    }

    @Test func primitivesThatShareVerticesStayWelded() throws {
        var sample = GLTFSample()
        sample.primitive += "," + sample.primitive + #",{"attributes":{"POSITION":0},"mode":1}"#
        let read = try sample.mesh()
        #expect(read.vertices.count == 4 && read.fileFaceCount == 4 && read.remarks.count == 1)
    }

    @Test func sparseStridedAndNormalized() throws {
        var sample = GLTFSample()
        // Vertex 3 moves to (9, 8, 7).
        sample.positionAccessor =
            #"{"bufferView":0,"componentType":5126,"count":4,"type":"VEC3","sparse":{"count":1,"indices":{"bufferView":2,"componentType":5121},"values":{"bufferView":2,"byteOffset":4}}}"#
        sample.views += #",{"buffer":0,"byteOffset":60,"byteLength":16}"#
        var tail = ByteWriter()
        tail.put(UInt32(3))
        tail.put(9, 8, 7)
        sample.bytes += tail.data
        #expect(try sample.mesh().vertices[3] == SIMD3(9, 8, 7))

        var packed = GLTFSample()
        packed.positionAccessor = #"{"bufferView":0,"componentType":5120,"normalized":true,"count":4,"type":"VEC3"}"#
        packed.views = #"{"buffer":0,"byteLength":16,"byteStride":4},{"buffer":0,"byteOffset":16,"byteLength":12}"#
        var bytes = ByteWriter()
        for value: Int8 in [0, 0, 0, 9, 127, 0, 0, 9, -128, 127, 0, 9, 0, 127, 64, 9] { bytes.put(value) }
        for index: UInt16 in [0, 1, 2, 0, 2, 3] { bytes.put(index) }
        packed.bytes = bytes.data
        let read = try packed.mesh()
        #expect(read.vertices[1] == SIMD3(1, 0, 0) && read.vertices[2] == SIMD3(-1, 1, 0) && read.vertices[3].z == 64 / 127)
    }

    @Test func scenes() throws {
        var sample = GLTFSample()
        sample.nodes = #"[{"mesh":0,"name":"a"},{"mesh":0,"name":"b"}]"#
        sample.scenes = #"[{"nodes":[0]},{"nodes":[1]}]"#
        sample.more = #""scene":1,"#
        #expect(try sample.mesh().groups.map(\.name) == ["b"])
        sample.scenes = "[]"
        sample.more = ""
        #expect(try sample.mesh().groups.map(\.name) == ["a", "b"])
        sample.nodes = "[]"
        #expect(try sample.mesh().faces.count == 2)
    }

    @Test(
        arguments: [
            (\GLTFSample.nodes, #"[{"mesh":0,"children":[0]}]"#, "ancestor"), (\.nodes, #"[{"mesh":7}]"#, "mesh 7"),
            (\.nodes, #"[{"mesh":0,"matrix":[1]}]"#, "matrix"), (\.nodes, #"[{"mesh":0,"scale":[1]}]"#, "transform"),
            (\.nodes, #"[{"mesh":0,"scale":[1e39,1,1]}]"#, "not finite"), (\.nodes, #"[{"children":[5]}]"#, "node 5"),
            (\.scenes, #"[{"nodes":[0,0]}]"#, "two parents"), (\.scenes, #"[{"nodes":[-1]}]"#, "node -1"), (\.scenes, "5", "scenes"),
            (\.primitive, #"{"attributes":{"POSITION":0},"mode":7}"#, "mode 7"),
            (\.primitive, #"{"attributes":{"POSITION":9}}"#, "accessor 9"),
            (\.primitive, #"{"attributes":{"POSITION":1}}"#, "1 components"),
            (\.primitive, #"{"attributes":{"POSITION":0},"indices":0}"#, "whole numbers"),
            (\.primitive, #"{"attributes":{}}"#, "without positions"),
            (\.positionAccessor, #"{"bufferView":0,"componentType":5126,"count":5,"type":"VEC3"}"#, "beyond the 48 bytes"),
            (\.positionAccessor, #"{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3"}"#, "vertex 3 of 3"),
            (\.positionAccessor, #"{"bufferView":0,"componentType":5126,"count":-3,"type":"VEC3"}"#, "declares -3"),
            (\.positionAccessor, #"{"bufferView":0,"byteOffset":-4,"componentType":5126,"count":3,"type":"VEC3"}"#, "-4"),
            (
                \.positionAccessor, #"{"bufferView":0,"byteOffset":9223372036854775807,"componentType":5126,"count":3,"type":"VEC3"}"#,
                "offset"
            ),
            (\.positionAccessor, #"{"componentType":5126,"count":60000000,"type":"VEC3"}"#, "no buffer view"),
            (\.positionAccessor, #"{"bufferView":0,"componentType":1,"count":3,"type":"VEC3"}"#, "component type 1"),
            (\.positionAccessor, #"{"bufferView":8,"componentType":5126,"count":3,"type":"VEC3"}"#, "buffer view 8"),
            (\.views, #"{"buffer":0,"byteLength":48,"byteStride":4},{"buffer":0,"byteOffset":48,"byteLength":12}"#, "stride"),
            (\.views, #"{"buffer":0,"byteLength":4800},{"buffer":0,"byteOffset":48,"byteLength":12}"#, "4800 of 60"),
            (\.views, #"{"buffer":3,"byteLength":48},{"buffer":0,"byteOffset":48,"byteLength":12}"#, "buffer 3"),
            (\.more, #""extensionsRequired":["EXT_other"],"#, "EXT_other"), (\.more, #""scene":4,"#, "scene 4"),
            // Found by fuzzing: what read the nodes and what wrote the parts took one list each.
            (\.more, #""nodes":[{"mesh":0},{"mesh":0}],"#, "'nodes' twice"), (\.more, #""scenes":[],"#, "'scenes' twice"),
        ] as [(WritableKeyPath<GLTFSample, String> & Sendable, String, String)])
    func damage(_ part: WritableKeyPath<GLTFSample, String> & Sendable, _ value: String, _ expected: String) {
        var sample = GLTFSample()
        sample[keyPath: part] = value
        let text = failureText { try sample.mesh() }
        #expect(text?.contains(expected) == true, "\(text ?? "no failure")")
    }
}
