import BSBBasics

extension Matrix {
    /// Lets several threads fill a matrix, each its own block of rows.
    ///
    /// The blocks are cut at multiples of `blockRows` whatever the number of threads, so that a `body` that is a function of its rows alone
    /// gives the same bytes on any number of threads.
    ///
    /// - Parameters:
    ///   - parallelism: the threads that share the work; the result is the same for any number.
    ///   - blockRows: rows in a block, at least 1; the last block may be shorter.
    ///   - body: called once for each block with its row range and its values, (#rows of the block) x columns.
    /// - Throws: the first error, by block, that `body` throws.
    package mutating func forEachRowBlock<E: Error>(
        of blockRows: Int, parallelism: Parallelism = Parallelism(threads: 1),
        _ body: @Sendable (Range<Int>, UnsafeMutableBufferPointer<Float>) throws(E) -> Void
    ) throws(E) {
        precondition(blockRows > 0, "a block has at least one row")
        guard rows > 0 else { return }
        let (rows, columns) = (rows, columns)
        try values.withUnsafeMutableBufferPointer { (buffer) throws(E) in
            let shared = DisjointFloats(base: buffer)
            try parallelism.forEach((rows + blockRows - 1) / blockRows) { (block) throws(E) in
                let range = (block * blockRows)..<min(rows, (block + 1) * blockRows)
                try body(range, shared.part((range.lowerBound * columns)..<(range.upperBound * columns)))
            }
        }
    }
}

/// Memory that several threads write at once.
///
/// Invariant: while it is shared, no two threads hold parts that overlap, and nobody reads a part that another thread holds.
struct DisjointFloats: @unchecked Sendable {
    let base: UnsafeMutableBufferPointer<Float>

    func part(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(rebasing: base[range])
    }
}
