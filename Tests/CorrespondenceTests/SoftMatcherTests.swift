import BSBBasics
import Foundation
import BSBImages
import Testing

@testable import BSBCorrespondence

@Suite struct SoftMatcherTests {
    typealias Forward = SegmentationBuddyMatcherTests

    static func match(part: Range<Int>, columns: [Float], eligible: [Bool]? = nil, areas: [Double]? = nil) throws -> SoftCorrespondence {
        SoftMatcher().match(
            Forward.photo(click: Pixel(x: part.lowerBound, y: 0), part: part),
            to: SurfaceFeatures(Forward.field(columns), eligible: eligible, areas: areas))
    }

    @Test func whatLooksLikeThePartIsProbable() throws {
        let soft = try Self.match(part: 4..<8, columns: [0, 5.5, 14])
        #expect(abs(soft.probability.reduce(0, +) - 1) < 1e-5)
        #expect(soft.probability[1] > 0.95)
        #expect(soft.returning[1] > 0.7 && soft.returning[2] < 0.05)
        #expect(soft.similarity[1] > soft.similarity[0])
    }

    @Test func theShareThatReturnsIsThatOfTheNaiveSum() throws {
        let soft = try Self.match(part: 2..<5, columns: [4, 9])
        for (vertex, column) in [Float(4), 9].enumerated() {
            let f = Forward.direction(column)
            var (inside, all, mean) = (0.0, 0.0, 0.0)
            for x in 0..<16 {
                let t = Forward.direction(Float(x))
                let cosine = Double(f[0] * t[0] + f[1] * t[1])
                let weight = exp(cosine / 0.05)
                all += weight
                if (2..<5).contains(x) {
                    inside += weight
                    mean += cosine / 3
                }
            }
            #expect(abs(Double(soft.returning[vertex]) - inside / all) < 1e-3)
            #expect(abs(Double(soft.similarity[vertex]) - mean) < 1e-4)
        }
    }

    @Test func areasWeighAndVerticesOfNoFaceDoNotCount() throws {
        let soft = try Self.match(part: 4..<8, columns: [5, 5, 5], eligible: [true, true, false], areas: [1, 3, 7])
        #expect(abs(soft.probability[1] - 0.75) < 1e-5)
        #expect(soft.probability[2] == 0 && soft.similarity[2] == -.infinity)
    }

    @Test func anEmptyPartHasNoAnswer() throws {
        let soft = try Self.match(part: 4..<4, columns: [5])
        #expect(soft.probability == [0])
    }
}

@Suite struct GraphPeaksTests {
    static let path = (0..<6).map { SIMD2<Int32>($0, $0 + 1) }

    @Test func peaksOfAPath() {
        let peaks = GraphPeaks.find([1, 5, 2, 4, 3.5, 3.75, 0], edges: Self.path, prominence: 0.5)
        #expect(peaks.map(\.node) == [1, 3])
        #expect(peaks[0].prominence == .infinity && peaks[1].prominence == 2)
        #expect(GraphPeaks.find([1, 5, 2, 4, 3.5, 3.75, 0], edges: Self.path, prominence: 0.2).map(\.node) == [1, 3, 5])
    }

    @Test func everyConnectedPartHasAPeakAndTiesGoToTheLowerNode() {
        let peaks = GraphPeaks.find([2, 2, 1, 2, -.infinity], edges: [[0, 1], [2, 3]], prominence: 0.1)
        #expect(peaks.map(\.node) == [0, 3])
        #expect(GraphPeaks.find([], edges: [], prominence: 0).isEmpty)
    }

    /// The prominence of each local maximum by its definition: the lowest point of the best way to something higher.
    @Test(arguments: [1, 2, 3]) func prominencesAreThoseOfTheNaiveSearch(seed: UInt64) {
        var generator = SeededGenerator(seed: seed, stream: 1)
        let side = 7
        let values = (0..<(side * side)).map { _ in Float.random(in: 0...1, using: &generator) }
        var edges: [SIMD2<Int32>] = []
        for y in 0..<side {
            for x in 0..<side {
                if x + 1 < side { edges.append([Int32(y * side + x), Int32(y * side + x + 1)]) }
                if y + 1 < side { edges.append([Int32(y * side + x), Int32(y * side + x + side)]) }
            }
        }
        func saddle(from start: Int) -> Float? {
            // Repeated relaxation of the largest bottleneck from `start` to every node.
            var reach = [Float](repeating: -.infinity, count: values.count)
            reach[start] = values[start]
            for _ in 0..<values.count {
                for edge in edges {
                    let (a, b) = (Int(edge.x), Int(edge.y))
                    reach[b] = max(reach[b], min(reach[a], values[b]))
                    reach[a] = max(reach[a], min(reach[b], values[a]))
                }
            }
            return values.indices.filter { values[$0] > values[start] }.map { reach[$0] }.max()
        }
        let peaks = GraphPeaks.find(values, edges: edges, prominence: 0.15)
        let expected = values.indices.filter { node in saddle(from: node).map { values[node] - $0 >= 0.15 } ?? true }
        #expect(Set(peaks.map(\.node)) == Set(expected))
        for peak in peaks where peak.prominence < .infinity {
            #expect(abs(peak.prominence - (values[peak.node] - (saddle(from: peak.node) ?? 0))) < 1e-6)
        }
    }
}
