import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBShapes

/// Parts are written with all that the file had.
@Suite struct PartWriterTests {
    private func parts(_ mesh: Mesh, _ faces: Set<Int>) -> MeshParts {
        MeshParts(
            [.init(name: "part", color: [0, 0, 1])], ofFileFace: (0..<mesh.fileFaceCount).map { faces.contains($0) ? 0 : -1 },
            vertexValues: ("probability", mesh.vertices.map { $0.x }))
    }

    private func document(_ glb: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: GLBContainer(glb).json) as? [String: Any])
    }

    @Test func quadsMaterialsAndGroupsOfOBJ() throws {
        let folder = temporaryPath()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let picture = Data([0x89, 0x50, 0x4E, 0x47, 1, 2, 3])
        try picture.write(to: URL(fileURLWithPath: folder + "/p.png"))
        try Data("newmtl a\nKd 1 0 0\nNs 7\nmap_Kd p.png\nnewmtl b\nKd 0 1 0\n".utf8).write(to: URL(fileURLWithPath: folder + "/m.mtl"))
        let text = """
            mtllib m.mtl
            v 0.123456789 0 0
            v 1 0 0
            v 1 1 0
            v 0 1 0
            v 2 0 0
            v 2 1 0
            vt 0 0
            vt 1 0
            vt 1 1
            vt 0 1
            g left
            usemtl a
            f 1/1 2/2 3/3 4/4
            g right
            usemtl b
            f 2/1 5/2 6/3 3/4
            g left
            usemtl a
            f 1/1 2/2 4/4

            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/m.obj"))
        let mesh = try Mesh(contentsOf: folder + "/m.obj")
        for (name, data) in try mesh.objFiles(parts: parts(mesh, [1]), name: "part") {
            try data.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        let written = try String(contentsOfFile: folder + "/part.obj", encoding: .utf8)
        let lines = written.split(separator: "\n").filter { !$0.hasPrefix("v") }
        #expect(
            lines == [
                "mtllib part.mtl", "g part right", "usemtl part", "f 2/1 5/2 6/3 3/4", "g rest left", "usemtl a", "f 1/1 2/2 3/3 4/4",
                "f 1/1 2/2 4/4",
            ])
        let read = try Mesh(contentsOf: folder + "/part.obj")
        #expect(read.fileFaceCount == 3 && read.vertices == mesh.vertices && read.filePosition(0).x == 0.123456789)
        let materials = try #require(read.appearance?.materials)
        #expect(materials.map(\.name) == ["part", "a"] && materials[1].picture == picture && materials[1].otherStatements == ["Ns 7"])
        #expect(materials[0].color == [0, 0, 1] && materials[0].picture == nil)

        let glb = try mesh.glbData(parts: parts(mesh, [1]))
        let again = try Mesh(data: glb, format: .glb)
        #expect(again.nodes.map(\.name) == ["part", "rest"] && again.faces.count == 5)
        #expect(again.appearance?.materials.map(\.name) == ["a", "b", "part"] && again.appearance?.materials[0].picture == picture)
        let variants = (try document(glb)["extensions"] as? [String: Any])?["KHR_materials_variants"]
        #expect(variants != nil)
    }

    @Test func nodesOfAScene() throws {
        var sample = GLTFSample()
        sample.nodes =
            #"[{"name":"root","children":[1,2],"translation":[5,0,0]},{"mesh":0,"name":"left","scale":[-1,1,1]},{"mesh":0,"name":"right"}]"#
        let mesh = try sample.mesh()
        #expect(mesh.fileFaceCount == 4)
        let glb = try mesh.glbData(parts: parts(mesh, [1, 2, 3]))
        let read = try Mesh(data: glb, format: .glb)
        #expect(read.nodes.map(\.name) == ["root", "left", "part", "right", "part"])
        #expect(read.nodes.map(\.parent) == [nil, 0, 1, 0, 3])
        #expect(read.faces.count == 4 && Set(read.vertices) == Set(mesh.vertices))
        #expect(abs(MeshReport(read).area - MeshReport(mesh).area) < 1e-9)
        // The winding is that of before: the normals still point to +z.
        #expect(read.faceNormals().allSatisfy { $0.z == mesh.faceNormals()[0].z })
        #expect(read.appearance?.materials.map(\.name) == ["part"])
    }

    /// Without nodes all meshes are read, whatever scene the file names; found by fuzzing.
    @Test(arguments: ["", #""scene":0,"#, #""scene":7,"#, #""scene":-1,"#], ["[{}]", "[]", #"[{"name":"a"},{"nodes":[]}]"#])
    func filesWithoutNodesGetSome(scene: String, scenes: String) throws {
        var sample = GLTFSample()
        (sample.nodes, sample.scenes, sample.more) = ("[]", scenes, scene)
        let mesh = try sample.mesh()
        #expect(mesh.fileFaceCount == 2)
        let read = try Mesh(data: mesh.glbData(parts: parts(mesh, [1])), format: .glb)
        #expect(read.faces.count == 2 && Set(read.vertices) == Set(mesh.vertices))
        #expect(read.nodes.map(\.name).contains("part"), "\(read.nodes.map(\.name))")
    }

    @Test func skinsBecomeGeometryAndInstancesNodes() throws {
        for name in ["gltf-skinned-node-scale-ignored.gltf", "gltf-four-legs-by-instancing.gltf", "gltf-specular-glossiness.gltf"] {
            let mesh = try Mesh(contentsOf: CaseFileTests.path(name))
            let glb = try mesh.glbData(parts: parts(mesh, [0, mesh.fileFaceCount - 1]))
            let read = try Mesh(data: glb, format: .glb)
            #expect(read.faces.count == mesh.faces.count, "\(name)")
            let (a, b) = (MeshReport(read), MeshReport(mesh))
            #expect(length(a.lowerBound - b.lowerBound) < 1e-5 && length(a.upperBound - b.upperBound) < 1e-5, "\(name)")
            #expect(abs(a.area - b.area) < 1e-4 && read.nodes.contains { $0.name == "part" }, "\(name)")
            let json = try document(glb)
            #expect(json["skins"] == nil && json["animations"] == nil)
            #expect(read.appearance?.materials.first?.picture == mesh.appearance?.materials.first?.picture)
        }
    }
}
