import BSBBasics
import BSBLinearAlgebra
import Testing

@Suite struct MatrixProductTests {
    @Test func knownProduct() {
        let a = Matrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])
        let b = Matrix(rows: 3, columns: 1, values: [1, 10, 100])
        #expect(Matrix.product(a.factor, b.factor).values == [321, 654])
    }

    @Test(arguments: [(1, 1, 1), (5, 7, 3), (200, 33, 17), (193, 5, 1540), (40, 0, 3), (0, 4, 4)])
    func agreesWithDefinitionInEveryOrientation(rows: Int, inner: Int, columns: Int) {
        let (a, b) = (randomMatrix(rows, inner, stream: 1), randomMatrix(inner, columns, stream: 2))
        let expected = naiveProduct(a, b)
        let (at, bt) = (naiveTranspose(a), naiveTranspose(b))
        for product in [
            Matrix.product(a.factor, b.factor), Matrix.product(at.transposed, b.factor), Matrix.product(a.factor, bt.transposed),
            Matrix.product(at.transposed, bt.transposed),
        ] {
            #expect(distance(product, expected) < 1e-4)
        }
    }

    @Test func rowsScaleAndOldValues() {
        let (a, b) = (randomMatrix(10, 6, stream: 3), randomMatrix(8, 6, stream: 4))
        var output = Matrix(rows: 5, columns: 3, fill: 2)
        output.set(toProductOf: a.factor(rows: 2..<6), b.factor(rows: 4..<7).transposed, scale: -2, keeping: 0.5)
        for i in 0..<5 {
            for j in 0..<3 {
                let dot = Vectors.dot(Array(a.row(2 + i)), Array(b.row(4 + j)))
                #expect(abs(output[i, j] - (i < 4 ? 1 - 2 * dot : 2)) < 1e-5)
            }
        }
    }

    @Test func overwritesWhateverWasThere() {
        var output = Matrix(rows: 1, columns: 1, fill: .nan)
        let one = Matrix(rows: 1, columns: 1, fill: 1)
        output.set(toProductOf: one.factor, one.factor)
        #expect(output.values == [1])
    }

    @Test func factorMayBeTheOutputItself() {
        var a = randomMatrix(4, 4, stream: 5)
        let expected = naiveProduct(a, a)
        a.set(toProductOf: a.factor, a.factor)
        #expect(distance(a, expected) < 1e-5)
    }

    @Test func sameBytesForAnyNumberOfThreads() {
        let (a, b) = (randomMatrix(500, 70, stream: 6), randomMatrix(70, 90, stream: 7))
        let one = Matrix.product(a.factor, b.factor)
        for threads in [2, 3, 8] {
            #expect(Matrix.product(a.factor, b.factor, parallelism: Parallelism(threads: threads)) == one)
        }
    }
}

extension Vectors {
    static func dot(_ a: [Float], _ b: [Float]) -> Float {
        a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in dot(a, b) } }
    }
}
