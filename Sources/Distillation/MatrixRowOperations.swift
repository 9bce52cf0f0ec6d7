import BSBLinearAlgebra

extension Matrix {
    /// Adds a row to each row, then applies a function.
    @inline(__always)
    mutating func addToRows(_ row: Matrix, then function: (Float) -> Float) {
        let (rows, columns) = (rows, columns)
        values.withUnsafeMutableBufferPointer { values in
            row.values.withUnsafeBufferPointer { row in
                for i in 0..<rows {
                    for j in 0..<columns { values[i * columns + j] = function(values[i * columns + j] + row[j]) }
                }
            }
        }
    }

    /// Multiplies each column with its gain and adds its shift.
    mutating func scaleAndShiftRows(gains: Matrix, shifts: Matrix?) {
        let (rows, columns) = (rows, columns)
        let shifts = shifts?.values ?? [Float](repeating: 0, count: columns)
        values.withUnsafeMutableBufferPointer { values in
            gains.values.withUnsafeBufferPointer { gains in
                shifts.withUnsafeBufferPointer { shifts in
                    for i in 0..<rows {
                        for j in 0..<columns { values[i * columns + j] = values[i * columns + j] * gains[j] + shifts[j] }
                    }
                }
            }
        }
    }

    /// Multiplies each entry with a function of another matrix's.
    @inline(__always)
    mutating func multiply(by other: Matrix, _ function: (Float) -> Float) {
        let count = values.count
        values.withUnsafeMutableBufferPointer { values in
            other.values.withUnsafeBufferPointer { other in
                for i in 0..<count { values[i] *= function(other[i]) }
            }
        }
    }

    /// The sum of the rows: 1 x columns.
    func columnSums() -> Matrix {
        var result = Matrix(rows: 1, columns: columns)
        result.values.withUnsafeMutableBufferPointer { sums in
            values.withUnsafeBufferPointer { values in
                for i in 0..<rows { Vectors.add(1, UnsafeBufferPointer(rebasing: values[(i * columns)..<((i + 1) * columns)]), to: sums) }
            }
        }
        return result
    }

    /// Each row with mean 0 and variance 1, and one over the standard deviations that it was divided by.
    func layerNormalized(epsilon: Float) -> (normalized: Matrix, inverseDeviations: [Float]) {
        var result = self
        var inverse = [Float](repeating: 0, count: rows)
        let (rows, columns) = (rows, columns)
        result.values.withUnsafeMutableBufferPointer { values in
            for i in 0..<rows {
                let row = UnsafeMutableBufferPointer(rebasing: values[(i * columns)..<((i + 1) * columns)])
                let mean = row.laneSum { $0 } / Float(columns)
                let variance = row.laneSum { ($0 - mean) * ($0 - mean) } / Float(columns)
                inverse[i] = 1 / (variance + epsilon).squareRoot()
                for j in 0..<columns { row[j] = (row[j] - mean) * inverse[i] }
            }
        }
        return (result, inverse)
    }

    /// From the gradient with respect to normalised rows to that with respect to the rows before.
    mutating func propagateLayerNorm(normalized: Matrix, inverseDeviations: [Float]) {
        let (rows, columns) = (rows, columns)
        values.withUnsafeMutableBufferPointer { values in
            normalized.values.withUnsafeBufferPointer { normalized in
                for i in 0..<rows {
                    let range = (i * columns)..<((i + 1) * columns)
                    let delta = UnsafeMutableBufferPointer(rebasing: values[range])
                    let x = UnsafeBufferPointer(rebasing: normalized[range])
                    let mean = delta.laneSum { $0 } / Float(columns)
                    let projection = Vectors.dot(UnsafeBufferPointer(delta), x) / Float(columns)
                    for j in 0..<columns { delta[j] = inverseDeviations[i] * (delta[j] - mean - x[j] * projection) }
                }
            }
        }
    }
}

extension UnsafeMutableBufferPointer<Float> {
    /// The sum of a function of the elements, in eight partial sums.
    @inline(__always)
    func laneSum(_ function: (Float) -> Float) -> Float {
        var lanes = SIMD8<Float>.zero
        var i = 0
        while i + 8 <= count {
            for lane in 0..<8 { lanes[lane] += function(self[i + lane]) }
            i += 8
        }
        var sum = lanes.sum()
        while i < count {
            sum += function(self[i])
            i += 1
        }
        return sum
    }
}
