import Foundation

/// What the training-free lift answered to clicks: one sample of a decoder's training, of the whole surface.
public struct LiftedPrompt: Sendable, Hashable {
    /// The clicks.
    public var clicks: [SurfaceClick]
    /// #V: the probability of each vertex, in steps of 1/255.
    public var steps: [UInt8]

    /// An answer of these probabilities.
    public init(clicks: [SurfaceClick], probability: [Float]) {
        self.clicks = clicks
        steps = probability.map { $0.isNaN ? 0 : UInt8((min(max($0, 0), 1) * 255).rounded()) }
    }

    /// The probability of a vertex.
    public func probability(_ vertex: Int) -> Float { Float(steps[vertex]) / 255 }

    fileprivate init(clicks: [SurfaceClick], steps: [UInt8]) { (self.clicks, self.steps) = (clicks, steps) }
}

/// The answers to the prompts that begin with one vertex: a click on it alone, see ``LiftCollector``.
public struct LiftedAnswers: Sendable, Hashable {
    /// The clicked vertex.
    public var vertex: Int
    /// The clicks and answers; empty where no view shows the vertex.
    public var prompts: [LiftedPrompt]
    /// Questions to the 2D segmenter that they took.
    public var questions: Int

    /// The answers as bytes: four 32-bit numbers, then each prompt's clicks and steps; all little-endian.
    public var data: Data {
        var data = Data()
        for number in [vertex, questions, prompts.first?.steps.count ?? 0, prompts.count] { data.append(UInt32(clamping: number)) }
        for prompt in prompts {
            data.append(clicks: prompt.clicks)
            data.append(contentsOf: prompt.steps)
        }
        return data
    }

    /// The answers that were stored as `data`, or nil if the data is none.
    public init?(data: Data) {
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
