import BSBBasics
import Testing

@testable import BSBShapes

/// A closed box with outward winding.
func box(_ low: SIMD3<Float> = SIMD3(-1, -1, -1), _ high: SIMD3<Float> = SIMD3(1, 1, 1)) -> Mesh {
    let vertices = (0..<8).map { SIMD3<Float>($0 & 1 == 0 ? low.x : high.x, $0 & 2 == 0 ? low.y : high.y, $0 & 4 == 0 ? low.z : high.z) }
    let quads: [[UInt32]] = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]
    let faces = quads.flatMap { [SIMD3($0[0], $0[1], $0[2]), SIMD3($0[0], $0[2], $0[3])] }
    return Mesh(vertices: vertices, faces: faces, fileFace: (0..<12).map { UInt32($0 / 2) }, fileFaceCount: 6)
}

@Suite struct NormalisationTests {
    @Test(arguments: Normalisation.Method.allCases) func boxBecomesUnit(_ method: Normalisation.Method) throws {
        let map = try Normalisation(of: box(SIMD3(1, 2, 3), SIMD3(5, 6, 7)), method: method)
        #expect(length(map.center - SIMD3(3, 4, 5)) < 1e-9)
        #expect(abs(map.scale - 2 * 3.0.squareRoot()) < 1e-9)
        let position = SIMD3<Float>(0.3, 9, -2)
        #expect(length(map.fileUnits(map.normalised(position)) - position) < 1e-5)
    }

    @Test func unreferencedVerticesCountInReferenceOnly() throws {
        var mesh = box()
        mesh.vertices.append(SIMD3(9, 0, 0))
        #expect(try Normalisation(of: mesh).center == .zero)
        let reference = try Normalisation(of: mesh, method: .reference)
        #expect(reference.center == SIMD3(1, 0, 0) && reference.scale == 8)
        #expect(try abs(Normalisation(of: mesh, method: .boundingSphere).scale - 3.0.squareRoot()) < 1e-9)
    }

    @Test func boundingSphereIsTheSmallest() throws {
        var generator = SeededGenerator(seed: 11)
        for trial in 0..<30 {
            let points = (0..<(2 + trial)).map { _ in
                SIMD3(Double(generator.uniform(-1, 1)), Double(generator.uniform(-1, 1)), Double(generator.uniform(-0.3, 1)))
            }
            let sphere = BoundingSphere(around: points)
            #expect(points.allSatisfy { length($0 - sphere.center) <= sphere.radius * (1 + 1e-12) })
            // The farthest distance is convex in the centre: no small step may lower it.
            for _ in 0..<200 {
                let step =
                    SIMD3(Double(generator.uniform(-1, 1)), Double(generator.uniform(-1, 1)), Double(generator.uniform(-1, 1))) * 1e-3
                let radius = points.map { length($0 - sphere.center - step) }.max() ?? 0
                #expect(radius >= sphere.radius * (1 - 1e-9))
            }
        }
    }

    @Test func coplanarAndRepeatedPointsHaveASphere() {
        let corners = [SIMD3<Double>(0, 0, 0), SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(1, 1, 0)]
        let sphere = BoundingSphere(around: corners + corners + [SIMD3(0.5, 0.5, 0)])
        #expect(abs(sphere.radius - 0.5.squareRoot()) < 1e-12)
    }

    @Test func noExtentIsAFailure() {
        let point = SIMD3<Float>(1000, 1, 1)
        let mesh = Mesh(vertices: [point, point, point], faces: [SIMD3(0, 1, 2)])
        for method in Normalisation.Method.allCases {
            #expect(failureText { try Normalisation(of: mesh, method: method) }?.contains("one place") == true)
        }
    }

    @Test func hugeCoordinatesStayFinite() throws {
        let mesh = Mesh(vertices: [SIMD3(-3e38, 0, 0), SIMD3(3e38, 0, 0), SIMD3(0, 3e38, 0)], faces: [SIMD3(0, 1, 2)])
        #expect(try Normalisation(of: mesh).applied(to: mesh).vertices.allSatisfy { length($0) <= 1.00001 })
    }
}
