import Foundation

/// What the training-free lift answered to clicks: one sample of a decoder's training, of the whole surface.
package struct LiftedPrompt: Sendable, Hashable {
    /// The clicks.
    package var clicks: [SurfaceClick]
    /// #V: the probability of each vertex, in steps of 1/255.
    package var steps: [UInt8]

    /// An answer of these probabilities.
    package init(clicks: [SurfaceClick], probability: [Float]) {
        self.clicks = clicks
        steps = probability.map { $0.isNaN ? 0 : UInt8((min(max($0, 0), 1) * 255).rounded()) }
    }

    /// The probability of a vertex.
    package func probability(_ vertex: Int) -> Float { Float(steps[vertex]) / 255 }

    fileprivate init(clicks: [SurfaceClick], steps: [UInt8]) { (self.clicks, self.steps) = (clicks, steps) }
}

/// The answers to the prompts that begin with one vertex: a click on it alone, see ``LiftCollector``.
package struct LiftedAnswers: Sendable, Hashable {
    /// The clicked vertex.
    package var vertex: Int
    /// The clicks and answers; empty where no view shows the vertex.
    package var prompts: [LiftedPrompt]
    /// Questions to the 2D segmenter that they took.
    package var questions: Int

    /// The answers as bytes: four 32-bit numbers, then each prompt's clicks and steps; all little-endian.
    package var data: Data {
        var data = Data()
        for number in [vertex, questions, prompts.first?.steps.count ?? 0, prompts.count] { data.append(UInt32(clamping: number)) }
        for prompt in prompts {
            data.append(clicks: prompt.clicks)
            data.append(contentsOf: prompt.steps)
        }
        return data
    }

    /// The answers that were stored as `data`, or nil if the data is none.
    package init?(data: Data) {
        var reader = ByteReader(data)
        guard let vertex = reader.number(), let questions = reader.number(), let size = reader.number(), let count = reader.number()
        else { return nil }
        self.init(vertex: vertex, prompts: [], questions: questions)
        for _ in 0..<count {
            guard let clicks = reader.clicks(), let steps = reader.bytes(size) else { return nil }
            prompts.append(LiftedPrompt(clicks: clicks, steps: Array(steps)))
        }
        guard reader.isAtEnd else { return nil }
    }

    init(vertex: Int, prompts: [LiftedPrompt], questions: Int) {
        (self.vertex, self.prompts, self.questions) = (vertex, prompts, questions)
    }
}
