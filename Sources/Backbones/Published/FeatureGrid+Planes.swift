import BSBInference

extension FeatureGrid {
    /// The grid of the first picture of a tensor 1 x dimension x rows x columns, or nil if it is none.
    init?(planes tensor: Tensor, map: PlaneMap) {
        guard tensor.shape.count == 4, tensor.shape[0] == 1, let source = tensor.floats else { return nil }
        let (dimension, rows, columns) = (tensor.shape[1], tensor.shape[2], tensor.shape[3])
        let cells = rows * columns
        let values = [Float](unsafeUninitializedCapacity: cells * dimension) { target, initialized in
            source.withUnsafeBufferPointer { source in
                for cell in 0..<cells {
                    for d in 0..<dimension { target[cell * dimension + d] = source[d * cells + cell] }
                }
            }
            initialized = cells * dimension
        }
        self.init(columns: columns, rows: rows, dimension: dimension, values: values, map: map)
    }

    /// The grid's numbers with the vectors' axis first: 1 x dimension x rows x columns.
    var planes: Tensor {
        let cells = rows * columns
        let planes = [Float](unsafeUninitializedCapacity: cells * dimension) { planes, initialized in
            values.withUnsafeBufferPointer { values in
                for d in 0..<dimension {
                    for cell in 0..<cells { planes[d * cells + cell] = values[cell * dimension + d] }
                }
            }
            initialized = cells * dimension
        }
        return Tensor(planes, shape: [1, dimension, rows, columns])
    }
}
