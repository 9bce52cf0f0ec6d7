import BSBBasics
import Foundation
import BSBLinearAlgebra
import TestSupport
import Testing

@testable import BSBInteractiveSegmentation

/// Answers that are made to agree with clicks, on a sphere with made-up parts.
@Suite struct ClickObedienceTests {
    /// A sphere's vertices, in how many random parts each is, and a random answer.
    struct Setting {
        let mesh = sphereMesh(10)
        let context: Matrix
        let answer: [Float]

        init(seed: UInt64, parts: Int = 40) {
            var generator = SeededGenerator(seed: seed)
            var context = Matrix(rows: mesh.vertices.count, columns: parts + 3)
            for part in 0..<parts {
                let axis = SIMD3<Float>.random(in: -1...1, using: &generator)
                for vertex in mesh.vertices.indices { context[vertex, part] = tanh(6 * (axis * mesh.vertices[vertex]).sum()) }
            }
            for vertex in mesh.vertices.indices {
                for axis in 0..<3 { context[vertex, parts + axis] = 2 * mesh.vertices[vertex][axis] }
            }
            self.context = context
            answer = mesh.vertices.map { _ in generator.uniform() }
        }

        /// Clicks on vertices that are spread over the sphere, of random polarity.
        func clicks(_ count: Int, seed: UInt64) -> [SurfaceClick] {
            var generator = SeededGenerator(seed: seed, stream: 1)
            return mesh.farthestPoints(count: count).map { SurfaceClick($0, isForeground: generator.uniform() < 0.5) }
        }
    }

    @Test func clicksAreObeyed() throws {
        for seed in 0..<6 as Range<UInt64> {
            let setting = Setting(seed: seed)
            let clicks = setting.clicks(1 + 3 * Int(seed), seed: seed)
            let mended = try #require(ClickObedience(context: setting.context)).applied(to: setting.answer, clicks: clicks)
            for click in clicks { #expect((mended[click.vertex] >= 0.8) == click.isForeground && mended[click.vertex] != 0.5) }
            #expect(mended.allSatisfy { (0...1).contains($0) })
        }
    }

    @Test func equalsTheFormulaSolvedByElimination() throws {
        for seed in 10..<14 as Range<UInt64> {
            let setting = Setting(seed: seed)
            let clicks = setting.clicks(6, seed: seed)
            let mended = try #require(ClickObedience(context: setting.context)).applied(to: setting.answer, clicks: clicks)
            let slow = reference(setting, clicks)
            for vertex in mended.indices { #expect(abs(Double(mended[vertex]) - slow[vertex]) < 1e-4) }
        }
    }

    @Test func anAnswerThatObeysIsLeftAlone() throws {
        let setting = Setting(seed: 20)
        let clicks = setting.clicks(5, seed: 20)
        var answer = setting.answer
        for click in clicks { answer[click.vertex] = click.isForeground ? 0.95 : 0.05 }
        let obedience = try #require(ClickObedience(context: setting.context))
        #expect(try obedience.applied(to: answer, clicks: clicks) == answer)
    }

    @Test func whatDoesNotBelongTogetherStays() throws {
        let setting = Setting(seed: 30)
        var answer = setting.answer
        let vertex = 17
        answer[vertex] = 0.01
        let obedience = try #require(ClickObedience(context: setting.context))
        let mended = try obedience.applied(to: answer, clicks: [SurfaceClick(vertex)])
        let opposite = try #require(setting.mesh.vertices.firstIndex { ($0 * setting.mesh.vertices[vertex]).sum() < -0.95 })
        #expect(abs(mended[opposite] - answer[opposite]) < 1e-5)
        #expect(mended[vertex] > 0.8)
    }

    @Test func aPublishedDecoderHasNoContextToGoBy() {
        #expect(ClickObedience(context: Matrix(rows: 5, columns: 0)) == nil)
        #expect(ClickObedience(context: Matrix(rows: 5, columns: 3)) == nil)
    }

    /// The regression as the documentation has it, in double precision, by Gauss-Jordan elimination.
    private func reference(_ setting: Setting, _ clicks: [SurfaceClick]) -> [Double] {
        let parts = setting.context.columns - 3
        func odds(_ vertex: Int) -> Double {
            let p = min(max(Double(setting.answer[vertex]), 1e-6), 1 - 1e-6)
            return log(p / (1 - p))
        }
        func affinity(_ a: Int, _ b: Int) -> Double {
            var mean = 0.0
            for part in 0..<parts {
                let difference = Double(setting.context[a, part] - setting.context[b, part]) / 2
                mean += difference * difference / Double(parts)
            }
            return exp(-mean / (2 * 0.1 * 0.1))
        }
        var rows = clicks.enumerated().map { index, click -> [Double] in
            var row = clicks.map { affinity(click.vertex, $0.vertex) }
            row[index] += 0.05
            let missing = click.isForeground ? max(0, 2 - odds(click.vertex)) : min(0, -2 - odds(click.vertex))
            return row + [missing]
        }
        for pivot in rows.indices {
            rows[pivot] = rows[pivot].map { $0 / rows[pivot][pivot] }
            for row in rows.indices where row != pivot {
                let factor = rows[row][pivot]
                rows[row] = zip(rows[row], rows[pivot]).map { $0 - factor * $1 }
            }
        }
        return setting.mesh.vertices.indices.map { vertex in
            var total = odds(vertex)
            for (row, click) in zip(rows, clicks) { total += row[clicks.count] * affinity(vertex, click.vertex) }
            return 1 / (1 + exp(-total))
        }
    }
}
