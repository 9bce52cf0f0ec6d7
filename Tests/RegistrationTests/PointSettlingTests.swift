import BSBBasics
import BSBLinearAlgebra
import BSBRendering
import Foundation
import Testing

@testable import BSBRegistration

@Suite struct PointSettlingTests {
    static let parallelism = Parallelism(threads: 2)

    static func photo(_ kind: Int = 4) throws -> (surface: KnownSurface, photo: KnownSurface.Photo, matcher: DenseMatcher, map: DenseMap) {
        let surface = try KnownSurface(.animal)
        let photo = surface.photo(from: ViewSampler(.fibonacci(count: 13), seed: 1, radius: 2.6).camera(kind))
        let matcher = DenseMatcher(
            photo.grid, object: photo.object, surface: surface.features, of: surface.scene, parallelism: parallelism)
        return (surface, photo, matcher, try #require(try matcher.map()))
    }

    static func error(_ spots: [SurfaceSpot?], _ surface: KnownSurface, _ photo: KnownSurface.Photo) -> Double {
        let errors = photo.truth.indices.compactMap { pixel -> Double? in
            guard let truth = photo.truth[pixel], let spot = spots[pixel] else { return nil }
            let offset = surface.scene.position(of: spot) - truth
            return Double((offset * offset).sum().squareRoot())
        }
        return errors.reduce(0, +) / Double(max(1, errors.count))
    }

    /// The formula of the type's comment, in loops over doubles.
    @Test func isWhatItsFormulaSays() throws {
        let (surface, photo, _, _) = try Self.photo()
        let lattice = try #require(ObjectLattice(photo.grid, object: photo.object, nodes: 9, margin: 0.2))
        let scene = surface.scene
        let samples = scene.samples(count: 60, seed: 3)
        let features = SurfaceDescriptors(scene, surface.features).matrix(of: samples)
        let positions = samples.map(scene.position)
        let likeness = Likeness(lattice, samples: features, parallelism: Self.parallelism)
        var generator = SeededGenerator(seed: 5)
        let view = lattice.inside.map { _ in generator.uniform() < 0.3 ? nil : positions[generator.index(below: positions.count)] }
        var weights = PointSettling.Weights()
        weights.rounds = 3
        let found = PointSettling(likeness, positions: positions, weights: weights, parallelism: Self.parallelism)
            .points(features: features, view: view)

        func squared(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Double { SIMD3<Double>((a - b) * (a - b)).sum() }
        func kernel(_ s: Int, _ t: Int) -> Double {
            exp(-squared(positions[s], positions[t]) / (2 * Double(weights.neighbourReach * weights.neighbourReach)))
        }
        func softmax(_ logs: [Double]) -> [Double] {
            let values = logs.map { exp($0 - logs.max()!) }
            return values.map { $0 / values.reduce(0, +) }
        }
        let own = lattice.inside.indices.map { node in
            positions.indices.map { point -> Double in
                let cosine = zip(lattice.features.row(node), features.row(point)).reduce(Float(0)) { $0 + $1.0 * $1.1 }
                var value = Double(weights.likeness * likeness.value(cosine, row: node))
                if let shown = view[node] {
                    value +=
                        Double(weights.view) * exp(-squared(positions[point], shown) / (2 * Double(weights.viewReach * weights.viewReach)))
                }
                return value
            }
        }
        var share = own.map(softmax)
        for _ in 0..<weights.rounds {
            share = lattice.inside.indices.map { index in
                let node = lattice.inside[index]
                let around = lattice.inside.indices.filter { other in
                    let there = lattice.inside[other]
                    return other != index && abs(there % lattice.columns - node % lattice.columns) <= weights.ring
                        && abs(there / lattice.columns - node / lattice.columns) <= weights.ring
                }
                return softmax(
                    positions.indices.map { point in
                        let support = around.reduce(0.0) { sum, other in
                            sum + positions.indices.reduce(0.0) { $0 + share[other][$1] * kernel($1, point) }
                        }
                        return own[index][point] + Double(weights.neighbours) * support / Double(around.count)
                    })
            }
        }
        for (index, point) in found.enumerated() {
            let mass = positions.indices.map { s in positions.indices.reduce(0.0) { $0 + share[index][$1] * kernel($1, s) } }
            let best = positions.indices.max { mass[$0] < mass[$1] }!
            let near = positions.indices.filter {
                squared(positions[$0], positions[best]) < Double(weights.neighbourReach * weights.neighbourReach)
            }
            let total = near.reduce(0.0) { $0 + share[index][$1] }
            let wanted = near.reduce(SIMD3<Double>.zero) { $0 + SIMD3<Double>(positions[$1]) * share[index][$1] } / total
            #expect(squared(point, SIMD3<Float>(wanted)) < 1e-6, "node \(index): \(point), not \(wanted)")
        }
    }

    /// A view that is turned away says wrong points; what pixels look like says better.
    @Test func aWrongViewIsOutvoted() throws {
        let (surface, photo, matcher, map) = try Self.photo()
        var camera = map.camera
        camera.towards = (camera.towards * cos(0.6) + cross(camera.right, camera.towards) * sin(0.6)).unit
        let wrong = DenseMap(
            camera: camera, score: map.score, folds: 0, lattice: map.lattice, displacement: map.displacement, scene: map.scene)
        let before = Self.error(wrong.spots(of: photo.object), surface, photo)
        let after = Self.error(matcher.spots(of: photo.object, by: wrong), surface, photo)
        #expect(after < 0.65 * before, "\(after), \(before)")
    }

    @Test func aRightViewIsKept() throws {
        let (surface, photo, matcher, map) = try Self.photo()
        let (view, settled) = (map.spots(of: photo.object), matcher.spots(of: photo.object, by: map))
        let (before, after) = (Self.error(view, surface, photo), Self.error(settled, surface, photo))
        #expect(after < before + 0.02, "\(after), \(before)")
        #expect(settled.indices.allSatisfy { (settled[$0] != nil) == photo.object[$0 % 160, $0 / 160] })
    }

    @Test func theNumberOfThreadsChangesNothing() throws {
        let (surface, photo, _, map) = try Self.photo()
        let spots = [1, 3].map { threads in
            DenseMatcher(
                photo.grid, object: photo.object, surface: surface.features, of: surface.scene, parallelism: Parallelism(threads: threads)
            ).spots(of: photo.object, by: map)
        }
        #expect(spots[0] == spots[1])
    }

    @Test func theNearestPointOfATriangleIsFound() {
        var generator = SeededGenerator(seed: 11)
        func point() -> SIMD3<Float> { [generator.uniform(-1, 1), generator.uniform(-1, 1), generator.uniform(-1, 1)] }
        for _ in 0..<200 {
            let (position, a, b, c) = (point(), point(), point(), point())
            func distance(_ w: SIMD3<Float>) -> Float {
                let offset = a * w.x + b * w.y + c * w.z - position
                return (offset * offset).sum().squareRoot()
            }
            let found = NearestSpot.weights(of: position, a, b, c)
            #expect(abs(found.sum() - 1) < 1e-4 && found.min() >= -1e-5)
            let steps = 40
            for i in 0...steps {
                for j in 0...(steps - i) {
                    let tried = SIMD3(Float(i), Float(j), Float(steps - i - j)) / Float(steps)
                    #expect(distance(found) <= distance(tried) + 1e-4)
                }
            }
        }
    }

    @Test func theNearestSpotIsNearlyTheNearestOfAllTriangles() throws {
        let (surface, _, _, _) = try Self.photo()
        let (scene, finder) = (surface.scene, NearestSpot(surface.scene))
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<40 {
            let position = SIMD3(generator.uniform(-1, 1), generator.uniform(-1, 1), generator.uniform(-1, 1))
            func distance(_ spot: SurfaceSpot) -> Float {
                let offset = scene.position(of: spot) - position
                return (offset * offset).sum().squareRoot()
            }
            let least = scene.mesh.faces.indices.map { face -> Float in
                let corners = (0..<3).map { scene.mesh.vertices[Int(scene.mesh.faces[face][$0])] }
                return distance(
                    SurfaceSpot(face: Int32(face), weights: NearestSpot.weights(of: position, corners[0], corners[1], corners[2])))
            }.min()!
            let found = try #require(finder.spot(nearestTo: position))
            #expect(distance(found) < least + 0.02, "\(distance(found)), \(least)")
        }
    }
}
