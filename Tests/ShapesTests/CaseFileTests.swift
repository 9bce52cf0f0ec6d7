import Foundation
import BSBRendering
import TestSupport
import Testing

@testable import BSBShapes

/// Small files of kinds that people really have (`Cases`, with what each should give).
@Suite struct CaseFileTests {
    static func path(_ name: String) throws -> String {
        try #require(Bundle.module.url(forResource: "Cases", withExtension: nil)).appendingPathComponent(name).path
    }

    private func read(_ name: String) throws -> Mesh { try Mesh(contentsOf: Self.path(name)) }

    private func bounds(_ mesh: Mesh) -> [Double] {
        let report = MeshReport(mesh)
        return (0..<3).map { report.lowerBound[$0] } + (0..<3).map { report.upperBound[$0] }
    }

    @Test(arguments: [
        ("stl-upper-case.stl", 36, 12), ("stl-name-has-vertex.stl", 36, 12), ("ply-tristrips.ply", 122, 240),
        ("ply-end-of-header-crlf.ply", 8, 12), ("off-colours-without-c.off", 8, 12), ("gltf-four-legs-by-instancing.gltf", 40, 60),
        ("obj-utm-10m.obj", 1010, 2016), ("gltf-skinned-node-scale-ignored.gltf", 16, 24), ("obj-mrgb.obj", 8, 12),
    ])
    func counts(_ name: String, _ vertices: Int, _ faces: Int) throws {
        let mesh = try read(name)
        #expect(mesh.vertices.count == vertices && mesh.fileFaceCount == faces)
        try mesh.validate()
    }

    @Test func theUnitCubeOfTwoLineEnds() throws {
        let cube = try read("ply-end-of-header-crlf.ply")
        #expect(bounds(cube) == [0, 0, 0, 1, 1, 1] && abs(MeshReport(cube).area - 6) < 1e-9)
    }

    @Test func bytesLeftOverAreAnError() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Self.path("ply-end-of-header-crlf.ply")))
        #expect(failureText { try Mesh(data: data + [0, 0, 0], format: .ply) }?.contains("left over") == true)
        #expect(try Mesh(data: data + [10], format: .ply).remarks.count == 1)
    }

    @Test func facetsThatAreNoTrianglesSpoilNoOthers() throws {
        let drum = try read("stl-facet-of-two-vertices.stl")
        #expect(drum.fileFaceCount == 240 && drum.remarks.contains { $0.contains("facets are no triangles") })
        let whole = try read("ply-tristrips.ply")
        // The same drum: only the facet that lost a corner is missing or another's.
        #expect(abs(MeshReport(drum).area - MeshReport(whole).area) < 2)
        #expect(bounds(drum) == [-4, 0, -4, 4, 10, 4])
    }

    @Test func mapCoordinatesKeepTheirDigits() throws {
        let mesh = try read("obj-utm-10m.obj")
        #expect(mesh.origin != .zero && mesh.vertices.allSatisfy { abs($0.x) < 20 && abs($0.y) < 20 })
        #expect(mesh.filePosition(0) == SIMD3(512349.678, 5403210.123, 210.5))
        for data in [try mesh.plyData(), try mesh.plyData(ascii: true), try mesh.objData()] {
            let again = try Mesh(data: data, format: data.starts(with: Array("ply".utf8)) ? .ply : .obj)
            #expect(again.vertices.indices.allSatisfy { again.filePosition($0) == mesh.filePosition($0) })
        }
        let parts = MeshParts([.init(name: "part", color: [0, 0, 1])], ofFileFace: (0..<mesh.fileFaceCount).map { $0 % 2 - 1 })
        let glb = try Mesh(data: mesh.glbData(parts: parts), format: .glb)
        #expect(glb.faces.count == 2016)
        let (found, expected) = (bounds(glb), bounds(mesh))
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 }, "\(found) \(expected)")
    }

    @Test func aSkinnedMeshIsPosedByItsJointsAlone() throws {
        #expect(bounds(try read("gltf-skinned-node-scale-ignored.gltf")) == [-1, 0, -1, 5, 2, 1])
    }

    @Test func instancesAreNodesRanges() throws {
        let table = try read("gltf-four-legs-by-instancing.gltf")
        #expect(table.nodes.map(\.name) == ["top", "legs"] && table.nodes[1].instances == 4)
        #expect(table.nodes[1].vertices == 8..<40 && table.nodes[1].fileFaces == 12..<60)
    }

    private func packed(_ name: String) throws -> Mesh {
        try Mesh(contentsOf: #require(Bundle.module.url(forResource: "Packed", withExtension: nil)).appendingPathComponent(name).path)
    }

    @Test func dracoMeshesAreDecoded() throws {
        let mesh = try packed("draco-box.gltf")
        #expect(mesh.faces.count == 12 && bounds(mesh) == [0, 0, 0, 1, 2, 3] && abs(MeshReport(mesh).area - 22) < 1e-3)
        let parts = MeshParts([.init(name: "part", color: .one)], ofFileFace: (0..<12).map { $0 < 4 ? 0 : -1 })
        let again = try Mesh(data: mesh.glbData(parts: parts), format: .glb)
        #expect(again.faces.count == 12 && again.appearance?.coordinates.allSatisfy { $0.x.isFinite } == true)
    }

    @Test func meshoptBuffersAreDecoded() throws {
        let mesh = try packed("meshopt-box.gltf")
        #expect(mesh.faces.count == 12 && bounds(mesh) == [0, 0, 0, 1, 2, 3] && abs(MeshReport(mesh).area - 22) < 1e-5)
    }

    @Test func severalScenes() throws {
        var sample = GLTFSample()
        sample.nodes = #"[{"mesh":0,"name":"a"},{"mesh":0,"name":"b"}]"#
        sample.scenes = #"[{"nodes":[0]},{"name":"second","nodes":[1]}]"#
        #expect(try sample.mesh().nodes.map(\.name) == ["a"])
        sample.more = #""scene":1,"#
        let mesh = try sample.mesh()
        #expect(mesh.nodes.map(\.name) == ["b"] && mesh.remarks.contains { $0.contains("one of 2 scenes") && $0.contains("second") })
    }

    @Test func dracoThatCannotBeDecodedIsNamed() {
        let text = failureText { try read("gltf-draco-used-not-required.gltf") }
        #expect(text?.contains("Draco") == true, "\(text ?? "read")")
    }

    /// The colours at the centres of the four quarters of a square that faces +x, counterclockwise from below left as seen.
    private func quarters(_ name: String) throws -> [SIMD3<Float>] {
        let mesh = try read(name)
        let colors = try #require(try SurfaceColors(mesh))
        return [SIMD2<Float>(-0.5, 0.5), [-0.5, -0.5], [0.5, -0.5], [0.5, 0.5]].map { place in
            for (index, face) in mesh.faces.enumerated() {
                let corners = (0..<3).map { SIMD2(mesh.vertices[Int(face[$0])].y, mesh.vertices[Int(face[$0])].z) }
                let (a, b, c) = (corners[0], corners[1], corners[2])
                let area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
                let u = ((b.x - place.x) * (c.y - place.y) - (b.y - place.y) * (c.x - place.x)) / area
                let v = ((c.x - place.x) * (a.y - place.y) - (c.y - place.y) * (a.x - place.x)) / area
                if u >= -1e-4, v >= -1e-4, u + v <= 1.0001 { return colors.color(face: index, weights: [u, v, 1 - u - v]) }
            }
            return .zero
        }
    }

    @Test(arguments: ["gltf-webp-texture.gltf", "gltf-specular-glossiness.gltf", "obj-picture-case.obj", "obj-picture-option.obj"])
    func fourColours(_ name: String) throws {
        let seen = Set(try quarters(name).map { $0.bytes })
        #expect(seen.count == 4 && !seen.contains([255, 255, 255]), "\(seen)")
    }

    @Test func thePlaceInThePictureIsMoved() throws {
        let seen = try quarters("gltf-texture-transform-required.gltf")
        #expect(seen.allSatisfy { $0.y > 0.5 && $0.x < 0.5 && $0.z < 0.5 }, "\(seen)")
    }

    @Test(arguments: ["ply-face-colours.ply", "obj-mrgb.obj", "off-colours-without-c.off"]) func red(_ name: String) throws {
        let mesh = try read(name)
        let colors = try #require(try SurfaceColors(mesh))
        for face in mesh.faces.indices {
            let color = colors.color(face: face, weights: [0.3, 0.3, 0.4])
            #expect(color.x > 0.7 && color.y < 0.2 && color.z < 0.2)
        }
    }

    @Test func aMissingPictureIsTold() throws {
        let folder = temporaryPath()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.copyItem(atPath: Self.path("obj-picture-case.obj"), toPath: folder + "/a.obj")
        #expect(try Mesh(contentsOf: folder + "/a.obj").remarks.contains { $0.contains("obj-picture-case.mtl") })
        try FileManager.default.copyItem(atPath: Self.path("obj-picture-case.mtl"), toPath: folder + "/OBJ-PICTURE-CASE.MTL")
        let mesh = try Mesh(contentsOf: folder + "/a.obj")
        #expect(mesh.remarks.contains { $0.contains("paint box.png") } && mesh.neighbours.map { $0.path != nil } == [true, false])
    }
}
