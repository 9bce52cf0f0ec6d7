import BSBBasics
import BSBLinearAlgebra
import Testing

@testable import BSBInteractiveSegmentation

@Suite struct LiftMaterialTests {
    /// The share of compared points that the answer has inside, for a part of 16 of 1600 vertices.
    private static func shareInside(_ options: DecoderTrainingOptions) throws -> Double {
        let probability = (0..<1600).map { Float($0 < 16 ? 0.9 : 0.1) }
        let material = try LiftMaterial([LiftedPrompt(clicks: [SurfaceClick(3)], probability: probability)], vertexCount: 1600, options)
        var builder = ShardBuilder(features: Matrix(rows: 1600, columns: 1, fill: 0), rendersProbabilities: false)
        var generator = SeededGenerator(seed: 1)
        let added = try (0..<40).map { _ in try material.add(0, to: &builder, points: 110, &generator) }
        #expect(added == [Int](repeating: 110, count: 40))
        let points = builder.shard.points
        #expect(points.count == 4400)
        return Double(points.count { $0.target > 0.5 }) / 4400
    }

    @Test func smallPartsAreFavouredByTheSquareRoot() throws {
        var options = DecoderTrainingOptions()
        // 4 of the part for sqrt(1584) = 39.8 of the rest: 10 of 110.
        #expect(try Self.shareInside(options) == 10.0 / 110)
        options.favoursSmallParts = false
        #expect(abs(try Self.shareInside(options) - 0.01) < 0.005)
    }

    @Test func aPartOfNothingOrAllIsComparedEverywhere() throws {
        for value in [Float(0), 1] {
            let prompt = LiftedPrompt(clicks: [SurfaceClick(0)], probability: [Float](repeating: value, count: 50))
            let material = try LiftMaterial([prompt], vertexCount: 50, DecoderTrainingOptions())
            var builder = ShardBuilder(features: Matrix(rows: 50, columns: 1, fill: 0), rendersProbabilities: false)
            var generator = SeededGenerator(seed: 1)
            #expect(try material.add(0, to: &builder, points: 20, &generator) == 20)
            #expect(builder.shard.points.allSatisfy { $0.target == value })
        }
    }
}
