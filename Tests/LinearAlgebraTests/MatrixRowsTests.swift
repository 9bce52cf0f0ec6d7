import BSBBasics
import BSBLinearAlgebra
import Testing

@Suite struct MatrixRowsTests {
    @Test func normsAndNormalRows() {
        var matrix = Matrix(rows: 4, columns: 2, values: [3, 4, 0, 0, .infinity, 1, -1, 0])
        #expect(matrix.rowNorms() == [5, 0, .infinity, 1])
        matrix.normalizeRows()
        #expect(matrix.values == [0.6, 0.8, 0, 0, 0, 0, -1, 0])
    }

    @Test func gatheringAndMeans() {
        let matrix = Matrix(rows: 3, columns: 2, values: [1, 2, 3, 4, 5, 9])
        #expect(matrix.gatheringRows([2, 0, 2]).values == [5, 9, 1, 2, 5, 9])
        #expect(matrix.columnMeans() == [3, 5])
        #expect(Matrix(rows: 0, columns: 2).columnMeans() == [0, 0])
    }

    @Test func rowBlocksCoverEachRowOnce() {
        var matrix = Matrix(rows: 1001, columns: 3)
        matrix.forEachRowBlock(of: 64, parallelism: Parallelism(threads: 4)) { range, values in
            for (k, row) in range.enumerated() { for j in 0..<3 { values[3 * k + j] += Float(row) } }
        }
        #expect(matrix.values == (0..<3003).map { Float($0 / 3) })
    }

    @Test func rowBlocksPassErrorsOn() {
        var matrix = Matrix(rows: 10, columns: 1)
        #expect(throws: Failure.self) {
            try matrix.forEachRowBlock(of: 3) { range, _ in
                if range.contains(7) { throw Failure(.internal, "testing", reason: "on purpose") }
            }
        }
    }

    @Test func vectorSums() {
        let a = (0..<21).map { Float($0) }
        let b = [Float](repeating: 2, count: 21)
        #expect(Vectors.dot(a, b) == 420)
        #expect(Vectors.cosine([1, 0], [1, 1]) == Float(0.5.squareRoot()))
        #expect(Vectors.cosine([0, 0], [1, 1]) == 0)
        var y = b
        a.withUnsafeBufferPointer { a in y.withUnsafeMutableBufferPointer { Vectors.add(3, a, to: $0) } }
        #expect(y == a.map { 3 * $0 + 2 })
    }
}
