import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBDistillation
import BSBExamples
import BSBImages
import BSBLinearAlgebra
import BSBRendering
import BSBShapes
import Foundation
import Testing

@testable import BSBRegistration

/// A mesh whose features tell where on it a point is, and "photos" of it that show those.
struct KnownSurface {
    let scene: RayScene
    let features: SurfaceFeatures

    init(_ kind: ExampleKind, seed: UInt64 = 2) throws {
        let mesh = try ExampleShape(kind, seed: seed, vertices: 1500).mesh
        let placed = try Normalisation(of: mesh, method: .boundingSphere).applied(to: mesh)
        scene = try RayScene(mesh: placed)
        let field = FeatureField(
            values: Matrix(rows: placed.vertices.count, columns: 4, values: placed.vertices.flatMap(Self.feature)),
            observed: placed.vertices.map { _ in true })
        features = SurfaceFeatures(field)
    }

    static func feature(_ p: SIMD3<Float>) -> [Float] { [p.x, p.y, p.z, 0.5] }

    struct Photo {
        var grid: FeatureGrid
        var object: Mask
        /// width x height.
        var truth: [SIMD3<Float>?]
    }

    /// A photo of 160 x 160 pixels; `moved` says which place of the camera's picture a pixel shows.
    func photo(from camera: Camera, moved: (SIMD2<Float>) -> SIMD2<Float> = { $0 }) -> Photo {
        let side = 160
        let size = RasterSize(side)
        let rays = (0..<side * side).map { camera.ray(through: moved([Float($0 % side) + 0.5, Float($0 / side) + 0.5]), size: size) }
        let truth = scene.nearestHits(rays).map { $0.map { scene.position(of: SurfaceSpot($0)) } }
        var grid = FeatureGrid(
            columns: 40, rows: 40, dimension: 4, values: [Float](repeating: 0, count: 40 * 40 * 4),
            map: PlaneMap(scaleX: 0.25, scaleY: 0.25))
        for cell in 0..<1600 {
            guard let point = truth[(cell / 40 * 4 + 2) * side + cell % 40 * 4 + 2] else { continue }
            grid.values.replaceSubrange(4 * cell..<4 * cell + 4, with: Self.feature(point))
        }
        return Photo(grid: grid, object: Mask(width: side, height: side) { truth[$1 * side + $0] != nil }, truth: truth)
    }

    /// The mean distance from the true points to those of a map, in the ball's radii.
    func error(of map: DenseMap, in photo: Photo) -> Double {
        let spots = map.spots(of: photo.object)
        let errors = photo.truth.indices.compactMap { pixel -> Double? in
            guard let truth = photo.truth[pixel], let spot = spots[pixel] else { return nil }
            let offset = scene.position(of: spot) - truth
            return Double((offset * offset).sum().squareRoot())
        }
        return errors.reduce(0, +) / Double(max(1, errors.count))
    }
}

@Suite struct DenseMatcherTests {
    @Test(arguments: [0, 4, 9]) func pixelsFindTheirPoints(view: Int) throws {
        let surface = try KnownSurface(.animal)
        let photo = surface.photo(from: ViewSampler(.fibonacci(count: 13), seed: 1, radius: 2.6).camera(view))
        let matcher = DenseMatcher(
            photo.grid, object: photo.object, surface: surface.features, of: surface.scene, parallelism: Parallelism())
        let map = try #require(try matcher.map())
        #expect(map.folds == 0)
        let error = surface.error(of: map, in: photo)
        #expect(error < 0.1, "\(error)")
        // Here the view alone can draw the shape as it is: there the warp costs a little, and is to cost no more.
        let alone = surface.error(of: map.unwarped, in: photo)
        #expect(error < alone + 0.025, "\(error), \(alone)")
    }

    private func bentAirplane() throws -> (KnownSurface, KnownSurface.Photo, DenseMatcher, DenseMap) {
        let surface = try KnownSurface(.airplane)
        let photo = surface.photo(from: ViewSampler(.fibonacci(count: 13), seed: 1, radius: 2.6).camera(3)) { place in
            let t = (place.x - 80) / 80
            return [place.x + 6 * t * t, place.y + 14 * t * t]
        }
        let matcher = DenseMatcher(
            photo.grid, object: photo.object, surface: surface.features, of: surface.scene, parallelism: Parallelism())
        let map = try #require(try matcher.map())
        return (surface, photo, matcher, map)
    }

    /// A photo of the shape bent in the picture: the view alone cannot draw it.
    @Test func whatIsBentIsFollowed() throws {
        let (surface, photo, _, map) = try bentAirplane()
        let (error, alone) = (surface.error(of: map, in: photo), surface.error(of: map.unwarped, in: photo))
        #expect(map.folds == 0)
        #expect(error < 0.08 && error < 0.8 * alone, "\(error), \(alone)")
    }

    /// The left and the right half of a bent airplane are fitted to their own masks.
    @Test func partsAreFittedToTheirMasks() throws {
        let (surface, photo, matcher, map) = try bentAirplane()
        let mesh = surface.scene.mesh
        let parts = [Float(1), -1].map { side in
            DenseMatcher.PlacedPart(
                isPart: mesh.faces.map { face in (0..<3).reduce(Float(0)) { $0 + mesh.vertices[Int(face[$1])].x } * side > 0 },
                mask: Mask(width: 160, height: 160) { x, y in (photo.truth[y * 160 + x]?.x ?? 0) * side > 0 })
        }
        func overlap(_ map: DenseMap) -> Double {
            let spots = map.spots(of: photo.object, isFilled: false)
            let agreeing = spots.indices.count { pixel in
                guard let truth = photo.truth[pixel], let spot = spots[pixel] else { return false }
                return parts[0].isPart[Int(spot.face)] == (truth.x > 0)
            }
            return Double(agreeing) / Double(photo.object.count)
        }
        let fitted = try matcher.refined(map, parts: parts)
        let (error, before) = (surface.error(of: fitted, in: photo), surface.error(of: map, in: photo))
        #expect(fitted.folds <= map.folds && error <= before + 0.005, "\(error), \(before)")
        #expect(overlap(fitted) >= overlap(map) - 0.005, "\(overlap(fitted)), \(overlap(map))")
        #expect(fitted.displacement != map.displacement)
        // A part whose mask is elsewhere was taken for another: nothing moves.
        let strange = [DenseMatcher.PlacedPart(isPart: parts[0].isPart, mask: Mask(width: 160, height: 160) { x, y in x < 9 && y < 9 })]
        let same = try matcher.refined(map, parts: strange)
        #expect(zip(same.displacement, map.displacement).allSatisfy { length($0 - $1) < 1e-9 })
        #expect(zip(try matcher.refined(map, parts: []).displacement, map.displacement).allSatisfy { length($0 - $1) < 1e-9 })
    }

    @Test func placesAndPixelsAgree() throws {
        let surface = try KnownSurface(.mug)
        let photo = surface.photo(from: ViewSampler(.fibonacci(count: 13), seed: 1, radius: 2.6).camera(6))
        let matcher = DenseMatcher(
            photo.grid, object: photo.object, surface: surface.features, of: surface.scene, parallelism: Parallelism())
        let map = try #require(try matcher.map())
        let (spots, positions) = (map.spots(of: photo.object), surface.scene.mesh.vertices)
        var (near, all) = (0, 0)
        for (position, isHidden) in zip(positions, map.hidden(positions)) where !isHidden {
            let place = map.place(of: SIMD3<Double>(position))
            let (x, y) = (Int(place.x), Int(place.y))
            guard (0..<160).contains(x), (0..<160).contains(y), let spot = spots[y * 160 + x] else { continue }
            let offset = surface.scene.position(of: spot) - position
            all += 1
            if (offset * offset).sum().squareRoot() < 0.08 { near += 1 }
        }
        #expect(all > 200 && 10 * near > 9 * all, "\(near) of \(all)")
    }

    @Test func theNumberOfThreadsChangesNothing() throws {
        let surface = try KnownSurface(.mug)
        let photo = surface.photo(from: ViewSampler(.fibonacci(count: 13), seed: 1, radius: 2.6).camera(6))
        let maps = try [1, 3].map { threads in
            try DenseMatcher(
                photo.grid, object: photo.object, surface: surface.features, of: surface.scene, parallelism: Parallelism(threads: threads)
            ).map()
        }
        #expect(maps[0]?.displacement == maps[1]?.displacement && maps[0]?.camera == maps[1]?.camera)
    }

    @Test func anEmptyObjectHasNoMap() throws {
        let surface = try KnownSurface(.mug)
        let photo = surface.photo(from: Camera(azimuth: 0, elevation: 0, radius: 3))
        let matcher = DenseMatcher(
            photo.grid, object: Mask(width: 160, height: 160), surface: surface.features, of: surface.scene, parallelism: Parallelism())
        #expect(try matcher.map() == nil)
    }
}

@Suite struct PhotoCameraTests {
    @Test(arguments: [0.0, 0.4]) func raysLeadThroughTheirPlaces(nearness: Double) {
        let camera = PhotoCamera(
            towards: SIMD3(1, 2, 3).unit, right: cross([0, 1, 0], [1, 2, 3]).unit, scale: 80, offset: [100, 70], nearness: nearness)
        for place in [SIMD2(30.0, 90.0), [100, 70], [150, 20]] {
            let ray = camera.ray(through: place)
            for t in [1.5 as Float, 2.5] {
                let seen = camera.project(SIMD3<Double>(ray.origin + ray.direction * t))
                #expect(length(seen - place) < 0.02, "\(seen) instead of \(place)")
            }
        }
    }
}

@Suite struct MirrorPlaneTests {
    @Test func aMugIsSymmetric() throws {
        let scene = try KnownSurface(.mug).scene
        let points = scene.samples(count: 2000).map(scene.position)
        let plane = try #require(MirrorPlane(of: points))
        #expect(plane.isSymmetric, "\(plane.error)")
        // Mirrored twice is where it was.
        for point in points.prefix(50) {
            let offset = plane.mirrored(plane.mirrored(point)) - point
            #expect((offset * offset).sum() < 1e-8)
        }
    }

    @Test func whatIsBentIsNot() throws {
        var mesh = try KnownSurface(.hammer).scene.mesh
        // A spiral: no plane maps it onto itself.
        mesh.vertices = mesh.vertices.map { p in
            let angle = 2.2 * p.y + 1.1 * p.x
            let (c, s) = (cos(angle), sin(angle))
            return [c * p.x - s * p.z + 0.5 * p.y * p.y, p.y + 0.4 * p.x * p.y, s * p.x + c * p.z]
        }
        let scene = try RayScene(mesh: mesh)
        let plane = try #require(MirrorPlane(of: scene.samples(count: 2000).map(scene.position)))
        #expect(!plane.isSymmetric, "\(plane.error)")
    }

    @Test func tooFewPointsHaveNone() {
        #expect(MirrorPlane(of: [.zero, .one]) == nil)
    }
}
