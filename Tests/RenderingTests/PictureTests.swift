import BSBBasics
import BSBImages
import BSBShapes
import Testing

@testable import BSBRendering

private let front = Camera(eye: [0, 0, 2])

/// A triangle that fills the view of `front`, turned to have the given unit normal.
private func wall(_ normal: SIMD3<Float>) -> Mesh {
    let a = cross(abs(normal.x) < 0.9 ? SIMD3(1, 0, 0) : SIMD3(0, 1, 0), normal).unitOrZero
    let b = cross(normal, a)
    return Mesh(vertices: [a * 20, (b * 0.866 - a * 0.5) * 20, (-b * 0.866 - a * 0.5) * 20], faces: [[0, 1, 2]])
}

private func centerLevel(_ mesh: Mesh, _ shading: Shading) throws -> UInt8 {
    try PictureRenderer(RayScene(mesh: mesh), shading: shading).picture(from: front, size: RasterSize(9)).image[4, 4].red
}

@Suite struct PictureTests {
    /// The published grey levels: 0.5138 from the front, 0.7523 at the brightest, black to the lower left.
    @Test func referenceLightHasThePublishedLevels() throws {
        #expect(abs(Shading.reference.reflectance([0, 0, 1]) * 2 / 3 - 0.5138) < 1e-4)
        let brightest = SIMD3<Float>(repeating: Float(1 / 3.0.squareRoot()))
        #expect(abs(Shading.reference.reflectance(brightest) * 2 / 3 - 0.7523) < 1e-4)
        #expect(try centerLevel(wall([0, 0, 1]), .reference) == 131)
        #expect(try centerLevel(wall(brightest), .reference) == 192)
        #expect(try centerLevel(wall(SIMD3<Float>(-0.7, -0.7, 0.14).unitOrZero), .reference) == 0)
    }

    @Test func uncoveredPixelsAreWhite() throws {
        for shading in [Shading.reference, .robust, .presentation] {
            let picture = try PictureRenderer(RayScene(mesh: cube()), shading: shading).picture(from: front, size: RasterSize(32))
            #expect(picture.image[0, 0] == Color(255, 255, 255))
            #expect(picture.coverage[0] == 0 && picture.coverage[16 * 32 + 16] == 255)
            #expect(picture.image[16, 16].red < 255)
        }
    }

    /// A cube wound inwards looks the same as one wound outwards.
    @Test func robustShadingDoesNotDependOnTheWinding() throws {
        for shading in [Shading.robust, .presentation, Shading()] {
            let camera = Camera(azimuth: 0.6, elevation: 0.4)
            let outward = try PictureRenderer(RayScene(mesh: cube()), shading: shading).picture(from: camera, size: RasterSize(40))
            let inward = try PictureRenderer(RayScene(mesh: cube().inverted), shading: shading).picture(from: camera, size: RasterSize(40))
            let largest = zip(outward.image.pixels, inward.image.pixels).map { abs(Int($0) - Int($1)) }.max()!
            // Barycentrics of the two windings differ by rounding, which a level or two may show.
            #expect(largest <= 2 && outward.coverage == inward.coverage)
        }
    }

    @Test func vertexColoursAreInterpolated() throws {
        var mesh = wall([0, 0, 1])
        mesh.vertices = [[-9, -9, 0], [9, -9, 0], [0, 9, 0]]
        let shading = Shading(exposure: 1 / Shading().reflectance([0, 0, 1]))
        let renderer = PictureRenderer(try RayScene(mesh: mesh), shading: shading)
        let colors: [SIMD3<Float>] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        let picture = try renderer.picture(from: front, size: RasterSize(9), vertexColors: colors)
        // Halfway up: a quarter of each lower corner and half of the upper one.
        let color = picture.image[4, 4]
        #expect(abs(Int(color.red) - 64) <= 1 && abs(Int(color.green) - 64) <= 1 && abs(Int(color.blue) - 128) <= 1)
        #expect(throws: Failure.self) { try renderer.picture(from: front, size: RasterSize(9), vertexColors: []) }
        #expect(throws: Failure.self) { try renderer.picture(from: front, size: RasterSize(0)) }
    }

    @Test func numbersThatAreNotColoursDoNotTrap() throws {
        let renderer = PictureRenderer(try RayScene(mesh: cube()), shading: Shading(background: [.nan, -.infinity, 7]))
        let colors = [SIMD3<Float>](repeating: [.nan, .infinity, -.infinity], count: 8)
        let picture = try renderer.picture(from: front, size: RasterSize(9), vertexColors: colors)
        #expect(picture.image[0, 0] == Color(0, 0, 255))
        #expect(picture.coverage[4 * 9 + 4] == 255)
    }

    @Test func supersamplingSoftensOutlines() throws {
        let scene = try RayScene(mesh: octasphere(3))
        let soft = try PictureRenderer(scene, shading: Shading(supersampling: 3)).picture(
            from: Camera(eye: [3, 0, 0]), size: RasterSize(24))
        let hard = try PictureRenderer(scene, shading: Shading()).picture(from: Camera(eye: [3, 0, 0]), size: RasterSize(24))
        #expect(Set(soft.coverage).count > 4 && Set(hard.coverage) == [0, 255])
        let areas = [soft, hard].map { $0.coverage.reduce(0) { $0 + Int($1) } / 255 }
        #expect(abs(areas[0] - areas[1]) < 15)
    }

    @Test func hollowsAreDarker() throws {
        // The inside of an open box, seen through the missing wall: corners are less open than the middle.
        let box = cube()
        let open = Mesh(vertices: box.vertices, faces: box.faces.enumerated().filter { $0.offset / 2 != 1 }.map(\.element))
        let shading = Shading(ambientOcclusion: .init(rays: 64, reach: 0.3, strength: 1))
        let picture = try PictureRenderer(RayScene(mesh: open), shading: shading).picture(from: front, size: RasterSize(64))
        let back = (0..<64).filter { picture.coverage[32 * 64 + $0] > 0 }
        #expect(back.count > 10)
        #expect(picture.image[32, 32].red > picture.image[24, 24].red)
    }

    /// Levels bend little from pixel to pixel on the even walls of an open box, whose corners are dark.
    @Test func softShadowsAreNotSpeckled() throws {
        let box = cube()
        let open = Mesh(vertices: box.vertices, faces: box.faces.enumerated().filter { $0.offset / 2 != 1 }.map(\.element))
        let scene = try RayScene(mesh: open)
        let size = RasterSize(96)
        let picture = try PictureRenderer(scene, shading: .presentation).picture(from: front, size: size).image
        let again = try PictureRenderer(scene, shading: .presentation).picture(from: front, size: size).image
        #expect(picture == again)
        let faces = scene.surfaces(from: front, size: size).faceIDs
        var (bends, levels): ([Int], [Int]) = ([], [])
        for y in 3..<(size.height - 3) {
            for x in 3..<(size.width - 3) {
                // Both triangles of a wall, and nothing of its neighbours.
                let around = Set((-3...3).flatMap { dy in (-3...3).map { faces[(y + dy) * size.width + x + $0] / 2 } })
                guard around.count == 1, faces[y * size.width + x] >= 0 else { continue }
                let row = (-1...1).map { Int(picture[x + $0, y].red) }
                bends.append(abs(row[0] - 2 * row[1] + row[2]))
                levels.append(row[1])
            }
        }
        #expect(bends.count > 500 && levels.max()! - levels.min()! > 30)
        #expect(bends.max()! <= 8, "levels bend by up to \(bends.max()!)")
    }

    /// Corners of a sphere get the sphere's normals; those of a cube keep the triangles'.
    @Test func smoothNormalsKeepCreases() throws {
        let sphere = octasphere(3)
        let smooth = CornerNormals(sphere, creaseAngle: .pi / 4)
        for (face, corners) in sphere.faces.enumerated() {
            for corner in 0..<3 { #expect(dot(smooth.values[3 * face + corner], sphere.vertices[Int(corners[corner])]) > 0.99) }
        }
        let block = try RayScene(mesh: cube())
        let sharp = CornerNormals(cube(), creaseAngle: .pi / 4)
        for index in sharp.values.indices { #expect(dot(sharp.values[index], block.faceNormals[index / 3]) > 0.9999) }
    }

    @Test func normalsThatAreMadeWhenAskedForAreTheSame() {
        let mesh = octasphere(3)
        let (all, few) = (CornerNormals(mesh, creaseAngle: .pi / 4), CornerNormals(mesh, creaseAngle: .pi / 4, keptFaces: 0))
        #expect(all.values == few.values)
        let weights = SIMD3<Float>(0.2, 0.3, 0.5)
        for face in mesh.faces.indices { #expect(all.normal(face: face, weights: weights) == few.normal(face: face, weights: weights)) }
    }

    @Test func anotherAxisUpIsTheSamePictureOfTheTurnedMesh() throws {
        let mesh = octasphere(2)
        var stretched = mesh
        stretched.vertices = mesh.vertices.map { $0 * SIMD3(0.5, 0.9, 0.3) }
        var turned = stretched
        turned.vertices = stretched.vertices.map { UpAxis.z.direction($0) }
        for vertex in stretched.vertices { #expect(UpAxis.z.upright(UpAxis.z.direction(vertex)) == vertex) }
        #expect(UpAxis.z.direction([0, 1, 0]) == [0, 0, 1] && UpAxis.y.direction([1, 2, 3]) == [1, 2, 3])
        let camera = Camera(azimuth: 0.5, elevation: 0.3)
        let upright = try RayScene(mesh: stretched).surfaces(from: camera, size: RasterSize(64))
        let other = try RayScene(mesh: turned).surfaces(from: camera.turned(.z), size: RasterSize(64))
        let differing = zip(upright.faceIDs, other.faceIDs).count { $0 != $1 }
        #expect(differing < 20, "\(differing) pixels of 4096")
    }

    @Test func probabilityColoursAreThePublishedOnes() {
        let colors = ProbabilityColors.blended([0, 1, 0.5, .nan]).map { ($0 * 255).rounded(.toNearestOrEven) }
        #expect(colors[0] == [180, 180, 180] && colors[1] == [60, 160, 250] && colors[2] == [120, 170, 215])
    }
}
