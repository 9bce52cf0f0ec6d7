import Foundation
import TestSupport
import Testing

@testable import BSBShapes

@Suite struct SurfaceAppearanceTests {
    /// Two triangles of one square, each a material of its own; the second has a picture.
    static var square: Mesh {
        var mesh = Mesh(vertices: [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], faces: [[0, 1, 2], [0, 2, 3]])
        mesh.appearance = SurfaceAppearance(
            materials: [.init(name: "red", color: [1, 0, 0]), .init(name: "painted", picture: picture)], materialOfFace: [0, 1],
            coordinates: [[.nan, .nan], [.nan, .nan], [.nan, .nan], [0, 1], [1, 0], [0, 0]])
        return mesh
    }

    /// Bytes that start as a PNG file does; nothing here decodes them.
    static let picture = Data([0x89, 0x50, 0x4E, 0x47, 1, 2, 3])

    static func corners(_ mesh: Mesh) -> [[Float]] {
        mesh.faces.indices.map { face in
            (0..<3).flatMap { corner -> [Float] in
                let position = mesh.vertices[Int(mesh.faces[face][corner])]
                let place = mesh.appearance?.coordinates[3 * face + corner] ?? .zero
                let hasPicture = mesh.appearance.map { $0.materials[Int($0.materialOfFace[face])].picture != nil } ?? false
                return [position.x, position.y, position.z] + (hasPicture ? [place.x, place.y] : [])
            }
        }
    }

    @Test func aBinaryGLTFKeepsMaterialsPicturesAndPlaces() throws {
        let read = try Mesh(data: Self.square.texturedGLBData(), format: .glb)
        let appearance = try #require(read.appearance)
        #expect(appearance.materials.map(\.name) == ["red", "painted"])
        #expect(appearance.materials[1].picture == Self.picture)
        #expect(appearance.materialOfFace == [0, 1])
        let color = appearance.materials[0].color
        #expect(abs(color.x - 1) < 1e-4 && color.y < 1e-4 && color.z < 1e-4)
        #expect(Self.corners(read) == Self.corners(Self.square))
    }

    @Test func anOBJKeepsThemInFilesBesideIt() throws {
        let folder = temporaryPath()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for file in try Self.square.texturedOBJFiles(name: "square") {
            try file.data.write(to: URL(fileURLWithPath: "\(folder)/\(file.name)"))
        }
        let read = try Mesh(contentsOf: folder + "/square.obj")
        #expect(read.vertices == Self.square.vertices && read.faces == Self.square.faces)
        let appearance = try #require(read.appearance)
        #expect(appearance.materials.map(\.name) == ["red", "painted"])
        #expect(appearance.materials[0].color == [1, 0, 0])
        #expect(appearance.materials[1].picture == Self.picture)
        #expect(appearance.materialOfFace == [0, 1])
        #expect(Self.corners(read) == Self.corners(Self.square))
    }

    @Test func polygonsKeepThePlacesOfTheirCornersAndUnknownMaterialsHaveNone() throws {
        let folder = temporaryPath()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "newmtl a\nKd 0.5 0.25 1\nmap_Kd -s 1 1 1 none.png\n".write(toFile: folder + "/m.mtl", atomically: true, encoding: .utf8)
        let text = """
            mtllib m.mtl
            v 0 0 0
            v 1 0 0
            v 1 1 0
            v 0 1 0
            f 1 2 3
            vt 0 0
            vt 1 0
            vt 1 1
            vt 0 1
            usemtl a
            f 1/1 2/2 3/3 4/-1
            usemtl b
            f 1//1 2//1 3//1
            """
        try text.write(toFile: folder + "/m.obj", atomically: true, encoding: .utf8)
        let appearance = try #require(try Mesh(contentsOf: folder + "/m.obj").appearance)
        #expect(appearance.materialOfFace == [-1, 0, 0, 1])
        #expect(appearance.materials == [.init(name: "a", color: [0.5, 0.25, 1]), .init(name: "b", isDefined: false)])
        #expect(Set(appearance.coordinates[3..<9]) == [[0, 1], [1, 1], [1, 0], [0, 0]])
        #expect(appearance.coordinates[..<3].allSatisfy { $0.x.isNaN } && appearance.coordinates[9...].allSatisfy { $0.x.isNaN })
    }

    @Test func materialFilesElsewhereAreNotRead() throws {
        let folder = temporaryPath()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/sub", withIntermediateDirectories: true)
        try "newmtl a\n".write(toFile: folder + "/m.mtl", atomically: true, encoding: .utf8)
        for name in ["../m.mtl", "\(folder)/m.mtl", "missing.mtl"] {
            let text = "mtllib \(name)\nv 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl a\nf 1 2 3\n"
            try text.write(toFile: folder + "/sub/m.obj", atomically: true, encoding: .utf8)
            #expect(try Mesh(contentsOf: folder + "/sub/m.obj").appearance?.isVisible == false, "\(name)")
        }
    }

    @Test func anAppearanceOfAnotherMeshIsRefused() {
        var mesh = Self.square
        mesh.appearance?.materialOfFace = [0, 7]
        #expect(throws: (any Error).self) { try mesh.validate() }
    }
}
