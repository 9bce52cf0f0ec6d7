import BSBBasics
import Foundation
import Testing

@testable import BSBShapes

/// Damaged files give a mesh that keeps its promises, or a Failure.
@Suite struct HostileInputTests {
    private func seeds() throws -> [(format: MeshFormat, data: Data)] {
        var mesh = box()
        mesh.vertexColors = mesh.vertices.map { $0 * 0.5 + 0.5 }
        let attributes = MeshAttributes(partOfFileFace: [0, 1, 0, 1, 0, 1], partNames: ["a", "b"])
        let off = "COFF\n8 2 0\n" + mesh.vertices.map { "\($0.x) \($0.y) \($0.z) 255 0 0\n" }.joined() + "4 0 1 3 2\n5 0 1 5 7 6\n"
        var sample = GLTFSample()
        sample.positionAccessor =
            #"{"bufferView":0,"componentType":5126,"count":4,"type":"VEC3","sparse":{"count":1,"indices":{"bufferView":1,"componentType":5121},"values":{"bufferView":0,"byteOffset":4}}}"#
        var stl = ByteWriter()
        stl.put(String(repeating: "x", count: 80))
        stl.put(UInt32(2))
        for value in 0..<25 { stl.put(Float(value * value % 7)) }
        return [
            (.obj, try mesh.objData(attributes: attributes) + Data("f 1 2 4 3\nf -1 -2 -3/1/2\n".utf8)), (.off, Data(off.utf8)),
            (.ply, try mesh.plyData(attributes: attributes)), (.ply, try mesh.plyData(attributes: attributes, ascii: true)),
            (.glb, try mesh.glbData(attributes: attributes)), (.glb, sample.glb()), (.stl, stl.data),
            (.stl, Data("solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n".utf8)),
        ]
    }

    private func damaged(_ data: Data, _ generator: inout SeededGenerator) -> Data {
        var bytes = [UInt8](data)
        let keepsLength = generator.index(below: 2) == 0
        for _ in 0..<(1 + generator.index(below: 4)) {
            let place = generator.index(below: bytes.count)
            switch generator.index(below: keepsLength ? 4 : 6) {
            case 0: bytes[place] = UInt8(generator.index(below: 256))
            case 1: bytes[place] ^= 1 << UInt8(generator.index(below: 8))
            case 2: bytes[place] = Array("0123456789-.e/ \n\r#\\,".utf8)[generator.index(below: 20)]
            case 3: for index in place..<min(bytes.count, place + 4) { bytes[index] = 255 }
            case 4: bytes.removeSubrange(place..<min(bytes.count, place + 1 + generator.index(below: 8)))
            default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 9)], at: generator.index(below: bytes.count))
            }
            if bytes.isEmpty { bytes = [0] }
        }
        return Data(!keepsLength && generator.index(below: 4) == 0 ? bytes.prefix(generator.index(below: bytes.count)) : bytes[...])
    }

    @Test func mutationsGiveAMeshOrAFailure() throws {
        var meshes = 0
        var failures = 0
        for (stream, seed) in try seeds().enumerated() {
            var generator = SeededGenerator(seed: 2024, stream: UInt64(stream))
            for _ in 0..<400 {
                let data = damaged(seed.data, &generator)
                do {
                    let mesh = try Mesh(data: data, format: MeshFormat(sniffing: data, path: "a.\(seed.format)") ?? seed.format)
                    try mesh.validate()
                    _ = MeshReport(mesh).warnings
                    meshes += 1
                } catch {
                    #expect(error is Failure, "\(error)")
                    failures += 1
                }
            }
        }
        #expect(meshes > 200 && failures > 200)
    }

    @Test func textsThatAreNoMeshes() {
        for text in [
            "", "hello", "\0\0\0\0", "{}", "{\"asset\":{\"version\":\"1.0\"}}", "solid", "OFF", "ply", "ply\n", "glTF", "v", "f 1 2 3",
            "[[",
        ] {
            for format in MeshFormat.allCases { #expect(failureText { try mesh(text, format) } != nil, "\(text) as \(format)") }
        }
    }

    @Test func pathsThatAreNoFiles() throws {
        let folder = FileManager.default.temporaryDirectory.path
        #expect(failureText { try Mesh(contentsOf: folder) }?.contains("directory") == true)
        #expect(failureText { try Mesh(contentsOf: folder + "/no such file.obj") }?.contains("no such file") == true)
        #expect(failureText { try Mesh(contentsOf: "") } != nil)
        do { _ = try Mesh(contentsOf: folder + "/no such file.obj") } catch { #expect((error as? Failure)?.kind == .missingInput) }
        let picture = folder + "/picture-\(UUID().uuidString).png"
        try Data([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10]).write(to: URL(fileURLWithPath: picture))
        defer { try? FileManager.default.removeItem(atPath: picture) }
        #expect(failureText { try Mesh(contentsOf: picture) }?.contains("no mesh format") == true)
    }

    @Test func aVeryLongLineAndAHugePolygon() throws {
        let count = 3000
        var text = "# " + String(repeating: "x", count: 1_000_000) + "\n"
        for index in 0..<count {
            let angle = Double(index) / Double(count) * 2 * .pi
            text += "v \(cos(angle) * (index % 2 == 0 ? 1 : 0.9)) \(sin(angle) * (index % 2 == 0 ? 1 : 0.9)) 0\n"
        }
        text += "f " + (1...count).map(String.init).joined(separator: " ")
        let read = try mesh(text, .obj)
        #expect(read.faces.count == count - 2 && read.fileFaceCount == 1 && read.remarks.isEmpty)
    }

    @Test func aLongChainOfNodes() throws {
        var sample = GLTFSample()
        sample.nodes = "[" + (0..<5000).map { "{\"children\":[\($0 + 1)]}" }.joined(separator: ",") + ",{\"mesh\":0}]"
        #expect(try sample.mesh().faces.count == 2)
    }
}
