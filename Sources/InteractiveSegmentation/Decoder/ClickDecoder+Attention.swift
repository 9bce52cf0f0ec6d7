import BSBBasics
import BSBDistillation
import BSBLinearAlgebra
import Foundation

// A group with one click needs no queries and keys: softmax over one key is 1, so its answer is the click's value for every row.

extension ClickDecoder {
    /// What the attention computed, kept for the way back.
    struct AttentionTrace: Sendable {
        /// Queries, softmax weights over the clicks: for each group of several clicks.
        struct Group: Sendable {
            /// n_g x attention.
            var queries: Matrix
            /// n_g x c.
            var weights: Matrix
        }

        /// #clicks x attention.
        var keys: Matrix
        /// #clicks x attention.
        var values: Matrix
        /// nil for groups of one click.
        var groups: [Group?]
    }

    /// The answer of the clicks to each row: n x attention.
    func attend(_ input: DecoderInput) -> (answers: Matrix, trace: AttentionTrace) {
        let width = shape.attention
        let values = mapClicks(input.clicks, Place.value)
        let needsKeys = input.groups.contains { $0.clicks.count > 1 }
        let keys = needsKeys ? mapClicks(input.clicks, Place.key) : Matrix(rows: values.rows, columns: width)
        var answers = Matrix(rows: input.features.rows, columns: width)
        let groups = input.groups.map { group -> AttentionTrace.Group? in
            if group.clicks.count == 1 {
                answers.fill(rows: group.rows, with: values.row(group.clicks.lowerBound))
                return nil
            }
            let queries = LinearLayer.forward(
                input.features.factor(rows: group.rows), weights: parameters[Place.query], biases: parameters[Place.query + 1],
                parallelism: Self.serial)
            var weights = Matrix(rows: group.rows.count, columns: group.clicks.count)
            weights.set(toProductOf: queries.factor, keys.factor(rows: group.clicks).transposed, scale: 1 / Float(width).squareRoot())
            weights.softmaxRows()
            let answer = Matrix.product(weights.factor, values.factor(rows: group.clicks))
            answers.values.replaceSubrange((group.rows.lowerBound * width)..<(group.rows.upperBound * width), with: answer.values)
            return AttentionTrace.Group(queries: queries, weights: weights)
        }
        return (answers, AttentionTrace(keys: keys, values: values, groups: groups))
    }

    /// Adds the gradients of the attention's parameters, from that with respect to its answers (n x attention).
    func attendBackward(_ input: DecoderInput, _ trace: AttentionTrace, answerGradient: Matrix, into gradients: inout [Matrix]) {
        let width = shape.attention
        let scale = 1 / Float(width).squareRoot()
        var values = Matrix(rows: trace.values.rows, columns: width)
        var keys = values
        var hasKeys = false
        for (group, kept) in zip(input.groups, trace.groups) {
            let delta = answerGradient.factor(rows: group.rows)
            guard let kept else {
                values.setRow(group.clicks.lowerBound, toSumOf: answerGradient, rows: group.rows)
                continue
            }
            hasKeys = true
            values.replaceRows(from: group.clicks.lowerBound, with: Matrix.product(kept.weights.factor.transposed, delta))
            var scores = Matrix.product(delta, trace.values.factor(rows: group.clicks).transposed)
            scores.propagateSoftmax(kept.weights, scale: scale)
            keys.replaceRows(from: group.clicks.lowerBound, with: Matrix.product(scores.transposed, kept.queries.factor))
            let queries = Matrix.product(scores.factor, trace.keys.factor(rows: group.clicks))
            let back = LinearLayer.gradients(
                input: input.features.factor(rows: group.rows), outputGradient: queries, parallelism: Self.serial)
            gradients[Place.query].add(back.weights)
            gradients[Place.query + 1].add(back.biases)
        }
        addClickGradients(values, input.clicks, Place.value, into: &gradients)
        if hasKeys { addClickGradients(keys, input.clicks, Place.key, into: &gradients) }
    }

    /// Small products inside a shard: shards run side by side.
    static let serial = Parallelism(threads: 1)

    /// Each click through the map of its polarity: #clicks x attention.
    private func mapClicks(_ clicks: ClickFeatures, _ place: (Bool) -> Int) -> Matrix {
        var result = Matrix(rows: clicks.values.rows, columns: shape.attention)
        for polarity in [true, false] {
            let rows = clicks.isForeground.indices.filter { clicks.isForeground[$0] == polarity }
            guard !rows.isEmpty else { continue }
            let mapped = LinearLayer.forward(
                clicks.values.gatheringRows(rows).factor, weights: parameters[place(polarity)], biases: parameters[place(polarity) + 1],
                parallelism: Self.serial)
            for (index, row) in rows.enumerated() { result.fill(rows: row..<(row + 1), with: mapped.row(index)) }
        }
        return result
    }

    private func addClickGradients(
        _ delta: Matrix, _ clicks: ClickFeatures, _ place: (Bool) -> Int, into gradients: inout [Matrix]
    ) {
        for polarity in [true, false] {
            let rows = clicks.isForeground.indices.filter { clicks.isForeground[$0] == polarity }
            guard !rows.isEmpty else { continue }
            let back = LinearLayer.gradients(
                input: clicks.values.gatheringRows(rows).factor, outputGradient: delta.gatheringRows(rows), parallelism: Self.serial)
            gradients[place(polarity)].add(back.weights)
            gradients[place(polarity) + 1].add(back.biases)
        }
    }
}

extension Matrix {
    /// Writes one row's values to several rows.
    mutating func fill(rows range: Range<Int>, with row: ArraySlice<Float>) {
        let columns = columns
        values.withUnsafeMutableBufferPointer { values in
            row.withUnsafeBufferPointer { row in
                for i in range { for j in 0..<columns { values[i * columns + j] = row[j] } }
            }
        }
    }

    /// Adds another matrix of the same size.
    mutating func add(_ other: Matrix) {
        let count = values.count
        values.withUnsafeMutableBufferPointer { values in
            other.values.withUnsafeBufferPointer { other in
                for i in 0..<count { values[i] += other[i] }
            }
        }
    }

    /// Writes a matrix's rows from row `start` on.
    fileprivate mutating func replaceRows(from start: Int, with other: Matrix) {
        values.replaceSubrange((start * columns)..<((start + other.rows) * columns), with: other.values)
    }

    /// Writes the sum of some rows of another matrix to a row.
    fileprivate mutating func setRow(_ row: Int, toSumOf other: Matrix, rows range: Range<Int>) {
        let columns = columns
        values.withUnsafeMutableBufferPointer { values in
            other.values.withUnsafeBufferPointer { other in
                for j in 0..<columns { values[row * columns + j] = 0 }
                for i in range { for j in 0..<columns { values[row * columns + j] += other[i * columns + j] } }
            }
        }
    }

    /// Each row's exponentials over their sum.
    fileprivate mutating func softmaxRows() {
        let columns = columns
        for row in 0..<rows {
            let range = (row * columns)..<((row + 1) * columns)
            let largest = values[range].max() ?? 0
            var sum: Float = 0
            for i in range {
                values[i] = exp(values[i] - largest)
                sum += values[i]
            }
            for i in range { values[i] /= sum }
        }
    }

    /// From the gradient with respect to softmax weights to that with respect to the products before scaling.
    fileprivate mutating func propagateSoftmax(_ weights: Matrix, scale: Float) {
        let columns = columns
        for row in 0..<rows {
            let range = (row * columns)..<((row + 1) * columns)
            let mean = range.reduce(Float(0)) { $0 + values[$1] * weights.values[$1] }
            for i in range { values[i] = scale * weights.values[i] * (values[i] - mean) }
        }
    }
}
