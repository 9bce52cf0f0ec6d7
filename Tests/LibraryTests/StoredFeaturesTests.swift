import BSBBasics
import BSBCorrespondence
import BSBDistillation
import BSBLinearAlgebra
import BSBShapes
import Foundation
import Testing

@testable import BSBLibrary

/// What a library keeps of features: enough of them, near enough, and whole.
@Suite struct StoredFeaturesTests {
    /// Rows with random features at random places.
    static func surface(_ count: Int, dimension: Int = 24, seed: UInt64 = 1) -> SurfaceFeatures {
        var generator = SeededGenerator(seed: seed)
        let values = (0..<(count * dimension)).map { _ in generator.gaussian() }
        let positions = (0..<count).map { _ in SIMD3(generator.uniform(-1, 1), generator.uniform(-1, 1), generator.uniform(-1, 1)) }
        let areas = (0..<count).map { _ in Double(generator.uniform()) }
        return SurfaceFeatures(
            FeatureField(
                values: Matrix(rows: count, columns: dimension, values: values), observed: [Bool](repeating: true, count: count)),
            positions: positions, areas: areas)
    }

    @Test func bytesKeepDirections() throws {
        let surface = Self.surface(300)
        let kept = StoredFeatures(surface)
        #expect(kept.vertices == (0..<300).map { Int32($0) })
        #expect(kept.leastCosine(surface) > 0.9999)
        let (original, values) = (surface.field.values.withNormalizedRows(), kept.values().withNormalizedRows())
        // Cosines between rows are what matching goes by.
        let a = Matrix.product(original.factor, original.transposed).values
        let b = Matrix.product(values.factor, values.transposed).values
        let largest = zip(a, b).map { abs($0 - $1) }.max() ?? 1
        print("largest difference of cosines: \(largest)")
        #expect(largest < 0.01)
    }

    @Test func theRestIsSpreadAndStandsForAllOfTheSurface() throws {
        let surface = Self.surface(900)
        let kept = StoredFeatures(surface, limit: 60)
        #expect(kept.count == 60 && Set(kept.vertices).count == 60)
        #expect(abs(Double(kept.areas.reduce(0, +)) - surface.areas.reduce(0, +)) < 1e-3)
        // No vertex is farther from a kept one than kept ones are from each other: what farthest points guarantee.
        func distance(_ a: Int, _ b: Int) -> Float {
            let offset = surface.positions[a] - surface.positions[b]
            return (offset * offset).sum()
        }
        let chosen = kept.vertices.map { Int($0) }
        let apart = chosen.flatMap { a in chosen.filter { $0 != a }.map { distance(a, $0) } }.min() ?? 0
        let covered = (0..<900).map { vertex in chosen.map { distance(vertex, $0) }.min() ?? .infinity }.max() ?? .infinity
        #expect(covered <= apart)
    }

    @Test func filesComeBackAndDamagedOnesAreRefused() throws {
        let kept = StoredFeatures(Self.surface(40))
        let data = kept.encoded()
        #expect(try StoredFeatures(data, path: "a") == kept)
        #expect(data.count == 16 + 40 * (14 + 24))
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<200 {
            let cut = generator.index(below: data.count)
            #expect(throws: Failure.self) { _ = try StoredFeatures(data.prefix(cut), path: "a") }
        }
        var long = data
        long[8] = 0xFF
        #expect(throws: Failure.self) { _ = try StoredFeatures(long, path: "a") }
    }

    @Test func rowsWithoutFeaturesAreLeftOut() {
        let surface = Self.surface(5, dimension: 3)
        var values = surface.field.values
        for column in 0..<3 { values[2, column] = 0 }
        let field = FeatureField(values: values, observed: surface.field.observed)
        let kept = StoredFeatures(SurfaceFeatures(field, eligible: [true, true, true, false, true], positions: surface.positions))
        #expect(kept.vertices == [0, 1, 4])
    }
}

/// Regions of meshes, and the nearest of kept vertices.
@Suite struct MeshDescriptorTests {
    @Test func regionsAreTheGroupsThatThereAre() {
        // 16 groups around the axes: each gets a centre.
        var generator = SeededGenerator(seed: 2)
        let values = (0..<320).flatMap { row in (0..<16).map { $0 == row % 16 ? Float(1) : generator.uniform(-0.05, 0.05) } }
        let field = FeatureField(
            values: Matrix(rows: 320, columns: 16, values: values), observed: [Bool](repeating: true, count: 320))
        let positions = (0..<320).map { SIMD3(Float($0), 0, 0) }
        let vectors = MeshDescriptor(StoredFeatures(SurfaceFeatures(field, positions: positions))).vectors
        #expect(vectors.rows == 1 + MeshDescriptor.regions)
        let axes = (1..<vectors.rows).map { row -> Int in
            let values = Array(vectors.row(row))
            #expect((values.max() ?? 0) > 0.99)
            return values.firstIndex(of: values.max()!)!
        }
        #expect(Set(axes).count == 16)
    }

    @Test func descriptorsOfFewRowsHaveTheSameShape() throws {
        let vectors = MeshDescriptor(StoredFeatures(StoredFeaturesTests.surface(3))).vectors
        #expect(vectors.rows == 17 && vectors.values.allSatisfy(\.isFinite))
        let data = MeshDescriptor(StoredFeatures(StoredFeaturesTests.surface(3))).data
        let back = try #require(MeshDescriptor.values(data, dimension: 24))
        #expect(zip(back, vectors.values).allSatisfy { abs($0 - $1) < 1e-3 })
        #expect(MeshDescriptor.values(data.dropLast(), dimension: 24) == nil)
    }
}
