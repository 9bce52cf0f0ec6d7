import BSBBasics
import BSBLinearAlgebra
import Testing

/// Random triplets, with repeated places.
func randomTriplets(_ rows: Int, _ columns: Int, count: Int, stream: UInt64) -> [SparseMatrix.Triplet] {
    var generator = SeededGenerator(seed: 8, stream: stream)
    return (0..<count).map { _ in
        SparseMatrix.Triplet(
            row: Int32(generator.index(below: rows)), column: Int32(generator.index(below: columns)),
            value: Double(generator.uniform(-1, 1)))
    }
}

@Suite struct SparseMatrixTests {
    @Test func sumsTripletsAtOnePlace() {
        let matrix = SparseMatrix(
            rows: 2, columns: 3,
            triplets: [
                .init(row: 1, column: 2, value: 1), .init(row: 0, column: 1, value: 5), .init(row: 1, column: 0, value: 3),
                .init(row: 1, column: 2, value: 0.5),
            ])
        #expect(matrix.rowStarts == [0, 1, 3])
        #expect(matrix.columnIndices == [1, 0, 2])
        #expect(matrix.values == [5, 3, 1.5])
        #expect(matrix[1, 2] == 1.5 && matrix[0, 0] == 0 && matrix.diagonal == [0, 0])
    }

    @Test(arguments: [(1, 1, 4), (30, 20, 200), (7, 300, 50), (5, 5, 0)])
    func agreesWithDense(rows: Int, columns: Int, count: Int) {
        let triplets = randomTriplets(rows, columns, count: count, stream: UInt64(count))
        let sparse = SparseMatrix(rows: rows, columns: columns, triplets: triplets)
        var expected = Matrix(rows: rows, columns: columns)
        for triplet in triplets { expected[Int(triplet.row), Int(triplet.column)] += Float(triplet.value) }
        #expect(distance(dense(sparse), expected) < 1e-5)
        #expect(dense(sparse.transposed) == naiveTranspose(dense(sparse)))
        for row in 0..<rows {
            let indices = sparse.entries(ofRow: row).map { sparse.columnIndices[$0] }
            #expect(zip(indices, indices.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    @Test func productAgreesWithDenseOnAnyNumberOfThreads() {
        let sparse = SparseMatrix(rows: 300, columns: 50, triplets: randomTriplets(300, 50, count: 2000, stream: 9))
        let right = randomMatrix(50, 19, stream: 10)
        let product = sparse.times(right)
        #expect(distance(product, naiveProduct(dense(sparse), right)) < 1e-4)
        #expect(sparse.times(right, parallelism: Parallelism(threads: 5)) == product)
    }
}
