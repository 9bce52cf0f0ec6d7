import BSBBasics
import BSBImages
import BSBShapes
import Testing

@testable import BSBRendering

@Suite struct SurfaceColorsTests {
    /// A square that faces +x, so that azimuth 0 looks at it, with a picture whose quarters are red, green, blue and white.
    static func square(_ change: (inout Mesh) -> Void = { _ in }) throws -> Mesh {
        var picture = Image(width: 8, height: 8)
        for y in 0..<8 {
            for x in 0..<8 {
                picture[x, y] = y < 4 ? (x < 4 ? Color(255, 0, 0) : Color(0, 255, 0)) : (x < 4 ? Color(0, 0, 255) : Color(255, 255, 255))
            }
        }
        // From +x with +y upwards, -z is to the right.
        var mesh = Mesh(vertices: [[0, -1, 1], [0, -1, -1], [0, 1, -1], [0, 1, 1]], faces: [[0, 1, 2], [0, 2, 3]])
        mesh.appearance = SurfaceAppearance(
            materials: [.init(name: "picture", picture: try picture.pngData())], materialOfFace: [0, 0],
            coordinates: [[0, 1], [1, 1], [1, 0], [0, 1], [1, 0], [0, 0]])
        change(&mesh)
        return mesh
    }

    static func picture(_ mesh: Mesh) throws -> Image {
        let colors = try #require(try SurfaceColors(mesh))
        let shading = Shading(light: .headlight, exposure: 1)
        let painter = PictureRenderer(try RayScene(mesh: mesh), shading: shading, colors: colors)
        return try painter.picture(from: Camera(azimuth: 0, elevation: 0, radius: 3), size: RasterSize(64)).image
    }

    /// Which channels are bright.
    static func hue(_ pixel: Color) -> [Bool] {
        let largest = max(pixel.red, pixel.green, pixel.blue)
        return [pixel.red, pixel.green, pixel.blue].map { Int($0) > Int(largest) / 2 }
    }

    @Test func picturesOfManyMaterialsHaveOneBudget() throws {
        let shared = try Self.square { mesh in
            let material = mesh.appearance!.materials[0]
            mesh.appearance!.materials = [material, material, material]
        }
        #expect(throws: Never.self) { try SurfaceColors(shared, mostPixels: 64) }
        #expect(throws: Failure.self) { try SurfaceColors(shared, mostPixels: 63) }
        let two = try Self.square { mesh in
            mesh.appearance!.materials.append(.init(name: "other", picture: try! Image(width: 8, height: 8).pngData()))
        }
        #expect(throws: Never.self) { try SurfaceColors(two, mostPixels: 128) }
        #expect(throws: Failure.self) { try SurfaceColors(two, mostPixels: 127) }
    }

    @Test func aPictureLiesOnTheSurfaceUpright() throws {
        let image = try Self.picture(Self.square())
        #expect(Self.hue(image[26, 26]) == [true, false, false])
        #expect(Self.hue(image[38, 26]) == [false, true, false])
        #expect(Self.hue(image[26, 38]) == [false, false, true])
        #expect(Self.hue(image[38, 38]) == [true, true, true])
    }

    @Test func coloursOfMaterialsAndVerticesMultiply() throws {
        let mesh = try Self.square { mesh in
            mesh.appearance?.materials[0].color = [1, 0, 1]
            mesh.vertexColors = [[1, 1, 0.5], [1, 1, 0.5], [1, 1, 0.5], [1, 1, 0.5]]
        }
        let colors = try #require(try SurfaceColors(mesh))
        // The middle of the first triangle's second corner's quarter is white in the picture.
        let color = colors.color(face: 0, weights: [0.1, 0.8, 0.1])
        #expect(abs(color.x - 1) < 0.01 && color.y < 0.01 && abs(color.z - 0.5) < 0.01)
    }

    @Test func aMeshWithoutColoursHasNone() throws {
        #expect(try SurfaceColors(Self.square { $0.appearance = nil }) == nil)
    }

    @Test func aDamagedPictureIsAFailure() throws {
        let mesh = try Self.square { $0.appearance?.materials[0].picture = .init([1, 2, 3]) }
        #expect(throws: (any Error).self) { try SurfaceColors(mesh) }
    }

    @Test func picturesRepeatAndTheKeyTellsThemApart() throws {
        let picture = Image(width: 2, height: 1, pixels: [255, 0, 0, 0, 0, 255])
        #expect(picture.repeating(at: [0.25, 0.5]) == [1, 0, 0])
        #expect(picture.repeating(at: [-0.75, 3.5]) == [1, 0, 0])
        #expect(picture.repeating(at: [1.75, 0.5]) == [0, 0, 1])
        #expect(picture.repeating(at: [0.5, 0.5]) == [0.5, 0, 0.5])
        let first = try SurfaceColors(Self.square())
        let second = try SurfaceColors(Self.square { $0.appearance?.materials[0].color = [0, 0, 0] })
        #expect(first?.key != second?.key)
    }
}
