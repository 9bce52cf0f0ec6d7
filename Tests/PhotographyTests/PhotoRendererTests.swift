import BSBBasics
import BSBImages
import BSBPhotography
import BSBRendering
import TestSupport
import Testing

struct PhotoRendererTests {
    private let camera = Camera(eye: [0.6, 0.8, 2.2])

    private func scene(seed: UInt64) throws -> PhotoScene {
        var generator = SeededGenerator(seed: seed)
        let shape = armedTrunk()
        let subject = try PhotoSubject(mesh: shape.mesh)
        let finish = Finish.random(faceParts: shape.faceParts, using: &generator)
        return PhotoScene(
            subject: PlacedSubject(subject, finish: finish), ground: Ground(origin: [0, -0.6, 0], normal: [0, 1, 0]),
            backdrop: Backdrop.random(using: &generator),
            lighting: Lighting.random(up: [0, 1, 0], viewDirection: [0, 0, -1], using: &generator))
    }

    @Test(arguments: [PhotoRenderer.Sampling.adaptive, .grid(2)])
    func sameSeedGivesSamePictureOnAnyNumberOfThreads(sampling: PhotoRenderer.Sampling) throws {
        let size = RasterSize(width: 200, height: 90)
        var renderer = PhotoRenderer(size: size, sampling: sampling)
        renderer.development.noise = 0.05
        let first = try renderer.photograph(scene(seed: 4), from: camera, seed: 9)
        renderer.parallelism = Parallelism(threads: 3)
        let second = try renderer.photograph(scene(seed: 4), from: camera, seed: 9)
        #expect(first.image == second.image)
        #expect(first.surfaces.faceIDs == second.surfaces.faceIDs)
        #expect(try renderer.photograph(scene(seed: 4), from: camera, seed: 10).image != first.image)
    }

    @Test func surfacesAreThoseOfTheRayCaster() throws {
        let scene = try scene(seed: 2)
        let size = RasterSize(width: 64, height: 48)
        let photograph = try PhotoRenderer(size: size, sampling: .adaptive).photograph(scene, from: camera)
        let expected = scene.subject.subject.scene.surfaces(from: camera, size: size)
        #expect(photograph.surfaces.faceIDs == expected.faceIDs)
        #expect(expected.faceIDs.contains { $0 >= 0 })
        for i in expected.faceIDs.indices where expected.faceIDs[i] >= 0 {
            #expect(abs(photograph.surfaces.depth[i] - expected.depth[i]) < 1e-4)
            let difference = photograph.surfaces.barycentrics[i] - expected.barycentrics[i]
            #expect(abs(difference.x) + abs(difference.y) < 1e-3)
        }
    }

    @Test func partsHaveTheirMaterialsColor() throws {
        let shape = armedTrunk()
        let materials = [SIMD3<Float>(0.8, 0, 0), SIMD3<Float>(0, 0, 0.8)].map { Material(texture: SurfaceTexture(first: $0), gloss: 0) }
        let finish = Finish(materials: materials, layout: .perFace(shape.faceParts))
        let scene = PhotoScene(
            subject: PlacedSubject(try PhotoSubject(mesh: shape.mesh), finish: finish),
            backdrop: Backdrop(.gradient(top: [0, 0.5, 0], bottom: [0, 0.5, 0])), lighting: Lighting(lights: []))
        let size = RasterSize(80)
        let photograph = try PhotoRenderer(size: size, sampling: .grid(1)).photograph(scene, from: camera)
        var seen = Set<UInt8>()
        for y in 0..<80 {
            for x in 0..<80 {
                let color = photograph.image[x, y]
                let (red, green, blue) = (color.red, color.green, color.blue)
                let face = photograph.surfaces.faceIDs[y * 80 + x]
                if face < 0 {
                    #expect(green > red && green > blue)
                } else if shape.faceParts[Int(face)] == 0 {
                    #expect(red > green && red > blue)
                    seen.insert(0)
                } else {
                    #expect(blue > green && blue > red)
                    seen.insert(1)
                }
            }
        }
        #expect(seen == [0, 1])
    }

    @Test func whatStandsBeforeTheSubjectHidesIt() throws {
        var scene = try scene(seed: 3)
        let size = RasterSize(48)
        let free = scene.surfaces(from: camera, size: size)
        var wall = PlacedSubject(try PhotoSubject(mesh: box([-1, -1, -0.01], [0, 1, 0.01])), finish: scene.subject.finish)
        wall.translation = [0, 0, 1]
        scene.others = [wall]
        let hidden = scene.surfaces(from: camera, size: size)
        let wallHits = wall.subject.scene.surfaces(from: Camera(eye: camera.eye - wall.translation, target: -wall.translation), size: size)
        for i in free.faceIDs.indices {
            #expect(hidden.faceIDs[i] == (wallHits.faceIDs[i] >= 0 ? -1 : free.faceIDs[i]))
        }
        #expect(hidden.faceIDs != free.faceIDs)
    }

    @Test func shadowsDarkenTheGround() throws {
        let subject = PlacedSubject(
            try PhotoSubject(mesh: box([-0.3, -0.3, -0.3], [0.3, 0.3, 0.3])), finish: Finish(Material(texture: SurfaceTexture(first: .one)))
        )
        var scene = PhotoScene(
            subject: subject, ground: Ground(origin: [0, -0.3, 0], normal: [0, 1, 0]),
            backdrop: Backdrop(.gradient(top: .one * 0.5, bottom: .one * 0.5)),
            lighting: Lighting(lights: [Light(direction: [-1, 1, 0])]))
        let camera = Camera(eye: [0, 1.5, 2])
        let renderer = PhotoRenderer(size: RasterSize(60), sampling: .grid(1))
        let lit = try renderer.photograph(scene, from: camera).image
        scene.lighting.lights[0].castsShadows = false
        let flat = try renderer.photograph(scene, from: camera).image
        let shadow = try #require(camera.project([0.55, -0.3, 0], size: RasterSize(60))).position
        let open = try #require(camera.project([-0.7, -0.3, 0], size: RasterSize(60))).position
        #expect(lit[Int(shadow.x), Int(shadow.y)].red + 30 < lit[Int(open.x), Int(open.y)].red)
        #expect(abs(Int(flat[Int(shadow.x), Int(shadow.y)].red) - Int(flat[Int(open.x), Int(open.y)].red)) < 4)
    }

    @Test func refusesImpossibleSizes() throws {
        let scene = try scene(seed: 1)
        #expect(throws: Failure.self) { try PhotoRenderer(size: RasterSize(0)).photograph(scene, from: camera) }
        #expect(throws: Failure.self) { try PhotoRenderer(size: RasterSize(width: 1 << 20, height: 4)).photograph(scene, from: camera) }
    }
}
