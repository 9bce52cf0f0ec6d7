import BSBBasics
import Foundation
import BSBLinearAlgebra
import Testing

@testable import BSBInteractiveSegmentation

@Suite struct ClickDecoderTests {
    static let shape = ClickDecoder.Shape(features: 5, attention: 4, hidden: [7, 6])

    static func clicks(_ rows: [Int], _ isForeground: [Bool]) -> ClickFeatures {
        ClickFeatures(values: randomMatrix(rows: 9, columns: 5, stream: 1).gatheringRows(rows), isForeground: isForeground)
    }

    @Test func publishedSizesHaveThePublishedParameterCounts() {
        let shape = ClickDecoder.Shape.reference(features: 256)
        let counts = shape.parameterSizes.map { $0.rows * $0.columns }
        #expect(counts[..<10].reduce(0, +) == 328_960)
        #expect(counts[10...].reduce(0, +) == 1_257_986)
        #expect(shape.parameterNames.count == counts.count)
    }

    @Test func sameClickTwiceGivesTheSameAnswer() throws {
        let decoder = try ClickDecoder(Self.shape, seed: 3)
        let features = randomMatrix(rows: 40, columns: 5, stream: 2)
        let once = decoder.probabilities(of: features, clicks: Self.clicks([3], [true]))
        let twice = decoder.probabilities(of: features, clicks: Self.clicks([3, 3], [true, true]))
        let difference = zip(once, twice).map { abs($0 - $1) }.max() ?? 1
        #expect(difference < 1e-6, "largest difference \(difference)")
        // The attention with its queries and keys is a real mean of values elsewhere.
        let other = decoder.probabilities(of: features, clicks: Self.clicks([3, 4], [true, true]))
        #expect(zip(once, other).contains { abs($0 - $1) > 1e-4 })
    }

    @Test func polarityOfAClickMatters() throws {
        let decoder = try ClickDecoder(Self.shape, seed: 3)
        let features = randomMatrix(rows: 10, columns: 5, stream: 2)
        let wanted = decoder.probabilities(of: features, clicks: Self.clicks([1, 0], [true, true]))
        let unwanted = decoder.probabilities(of: features, clicks: Self.clicks([1, 0], [true, false]))
        #expect(wanted != unwanted)
    }

    @Test func attentionAgreesWithTheFormula() throws {
        let decoder = try ClickDecoder(Self.shape, seed: 8)
        let clicks = Self.clicks([2, 5, 7], [true, false, true])
        let features = randomMatrix(rows: 6, columns: 5, stream: 4)
        let input = DecoderInput(features: features, groups: [.init(rows: 0..<6, clicks: 0..<3)], clicks: clicks)
        let answers = decoder.attend(input).answers
        func map(_ place: Int, _ x: ArraySlice<Float>) -> [Double] {
            let (weights, biases) = (decoder.parameters[place], decoder.parameters[place + 1])
            return (0..<weights.rows).map { row in
                zip(weights.row(row), x).reduce(Double(biases.values[row])) { $0 + Double($1.0) * Double($1.1) }
            }
        }
        for row in 0..<6 {
            let query = map(0, features.row(row))
            let scores = (0..<3).map { click in
                let key = map(clicks.isForeground[click] ? 2 : 4, clicks.values.row(click))
                return exp(zip(query, key).reduce(0) { $0 + $1.0 * $1.1 } / 2)
            }
            for column in 0..<4 {
                var expected = 0.0
                for click in 0..<3 {
                    let value = map(clicks.isForeground[click] ? 6 : 8, clicks.values.row(click))
                    expected += scores[click] / scores.reduce(0, +) * value[column]
                }
                #expect(abs(expected - Double(answers[row, column])) < 1e-5)
            }
        }
    }

    /// One click, two wanted, and a wanted with an unwanted one, at points that mix rows, with targets that are certain and others.
    static func shard() -> DecoderShard {
        let input = DecoderInput(
            features: randomMatrix(rows: 15, columns: 5, stream: 6),
            groups: [
                .init(rows: 0..<5, clicks: 0..<1), .init(rows: 5..<10, clicks: 1..<3), .init(rows: 10..<15, clicks: 3..<6),
            ], clicks: clicks([0, 1, 2, 3, 4, 5], [true, true, true, true, false, false]))
        var generator = SeededGenerator(seed: 2)
        let points = (0..<15).map { row in
            let u = generator.uniform(0, 0.5)
            let base = Int32(row / 5 * 5)
            return ComparedPoint(
                rows: [Int32(row), base, base + 4], weights: [0.5, u, 0.5 - u], target: row % 3 == 0 ? 1 : row % 3 == 1 ? 0 : 0.3)
        }
        return DecoderShard(input: input, points: points)
    }

    @Test func gradientsAgreeWithFiniteDifferences() throws {
        let shard = Self.shard()
        var decoder = try ClickDecoder(Self.shape, seed: 5)
        let (_, gradients) = decoder.lossAndGradients(shard, pointCount: shard.points.count)
        var largest = 0.0
        for index in decoder.parameters.indices {
            let count = decoder.parameters[index].values.count
            let scale = Double(gradients[index].values.map(abs).max() ?? 0)
            for place in stride(from: 0, to: count, by: max(1, count / 7)) {
                let kept = decoder.parameters[index].values[place]
                let step: Float = 2e-3
                decoder.parameters[index].values[place] = kept + step
                let above = decoder.lossAndGradients(shard, pointCount: 15).loss / 15
                decoder.parameters[index].values[place] = kept - step
                let below = decoder.lossAndGradients(shard, pointCount: 15).loss / 15
                decoder.parameters[index].values[place] = kept
                let expected = (above - below) / Double(2 * step)
                let error = abs(expected - Double(gradients[index].values[place]))
                largest = max(largest, error)
                #expect(error < 2e-3 * max(1, scale) + 4e-4, "parameter \(decoder.shape.parameterNames[index])[\(place)]: \(expected)")
            }
        }
        #expect(gradients.allSatisfy { $0.values.contains { $0 != 0 } }, "every map takes part; largest error \(largest)")
    }

    @Test func oneClickNeedsOnlyItsValues() throws {
        let decoder = try ClickDecoder(Self.shape, seed: 5)
        var shard = Self.shard()
        shard.input.groups = [.init(rows: 0..<15, clicks: 0..<1)]
        let (_, gradients) = decoder.lossAndGradients(shard, pointCount: 15)
        for place in [0, 1, 2, 3, 4, 5, 8, 9] { #expect(gradients[place].values.allSatisfy { $0 == 0 }) }
        #expect(gradients[6].values.contains { $0 != 0 })
    }

    @Test func impossibleShapesAreRefused() {
        for shape in [
            ClickDecoder.Shape(features: 0, attention: 1, hidden: [1]), .init(features: 1, attention: 1, hidden: []),
            .init(features: 1, attention: 1, hidden: [9000]), .init(features: .max, attention: 1, hidden: [1]),
        ] {
            #expect(throws: Failure.self) { try ClickDecoder(shape, seed: 0) }
        }
    }
}
