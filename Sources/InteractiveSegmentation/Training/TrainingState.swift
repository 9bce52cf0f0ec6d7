import BSBDistillation
import BSBLinearAlgebra
import Foundation

/// Everything that the rest of a training depends on, so that it can stop and go on to the same bytes.
struct TrainingState: Sendable {
    var decoder: ClickDecoder
    var optimizer: AdamOptimizer
    var best: ClickDecoder
    var bestStep = 0
    var history: [LossPoint] = []

    /// The start of a training.
    init(_ shape: ClickDecoder.Shape, options: DecoderTrainingOptions) throws {
        decoder = try ClickDecoder(shape, seed: options.seed)
        optimizer = AdamOptimizer(decoder.parameters, learningRate: options.learningRate)
        best = decoder
    }

    /// Steps taken.
    var step: Int { optimizer.steps }

    /// Takes a look at what is held out into account.
    mutating func record(_ point: LossPoint) {
        if point.heldOut < history.map(\.heldOut).min() ?? .infinity { (best, bestStep) = (decoder, step) }
        history.append(point)
    }

    /// Whether so many looks in a row were no better than the best before.
    func hasStalled(patience: Int) -> Bool {
        guard let best = history.indices.min(by: { (history[$0].heldOut, $0) < (history[$1].heldOut, $1) }) else { return false }
        return history.count - 1 - best >= patience
    }
}

extension TrainingState {
    private struct Words: Codable {
        var steps: Int
        var bestStep: Int
        var history: [LossPoint]
    }

    /// The state as bytes.
    func encoded() throws -> Data {
        var file = Safetensors()
        let lists = [
            ("parameter", decoder.parameters), ("best", best.parameters), ("first", optimizer.first), ("second", optimizer.second),
        ]
        for (name, matrices) in lists { file.add(matrices, names: decoder.shape.parameterNames.map { "\(name).\($0)" }) }
        let words = try JSONEncoder().encode(Words(steps: step, bestStep: bestStep, history: history))
        file.metadata["state"] = String(decoding: words, as: UTF8.self)
        return try file.encoded()
    }

    /// The state that was stored as `data`; nil if it is not one of a network of this shape.
    init?(_ data: Data, shape: ClickDecoder.Shape, options: DecoderTrainingOptions) {
        guard let file = try? Safetensors(data), let text = file.metadata["state"],
            let words = try? JSONDecoder().decode(Words.self, from: Data(text.utf8)), (0...options.steps).contains(words.steps)
        else { return nil }
        let lists = ["parameter", "best", "first", "second"].map { list in
            file.matrices(names: shape.parameterNames.map { "\(list).\($0)" }, sizes: shape.parameterSizes)
        }
        guard let parameters = lists[0], let kept = lists[1], let first = lists[2], let second = lists[3],
            let decoder = try? ClickDecoder(shape: shape, parameters: parameters),
            let best = try? ClickDecoder(shape: shape, parameters: kept)
        else { return nil }
        (self.decoder, self.best, bestStep, history) = (decoder, best, words.bestStep, words.history)
        optimizer = AdamOptimizer(first: first, second: second, steps: words.steps, learningRate: options.learningRate)
    }
}

extension Safetensors {
    /// Adds matrices under names.
    mutating func add(_ matrices: [Matrix], names: [String]) {
        for (name, matrix) in zip(names, matrices) {
            tensors[name] = Tensor(shape: [matrix.rows, matrix.columns], values: matrix.values)
        }
    }

    /// The matrices of these names and sizes; nil if one is missing, of another size or not finite.
    func matrices(names: [String], sizes: [(rows: Int, columns: Int)]) -> [Matrix]? {
        var matrices: [Matrix] = []
        for (name, size) in zip(names, sizes) {
            guard let tensor = tensors[name], tensor.shape == [size.rows, size.columns], tensor.values.allSatisfy(\.isFinite) else {
                return nil
            }
            matrices.append(Matrix(rows: size.rows, columns: size.columns, values: tensor.values))
        }
        return matrices
    }
}
