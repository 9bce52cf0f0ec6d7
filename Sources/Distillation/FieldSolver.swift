/// A way to find the features of a mesh's vertices from views, one view at a time.
///
/// Views are handed in one after another and need not be in memory together. The result depends on their order, not on the number of threads.
package protocol FieldSolver {
    /// How often all views must be handed in.
    var passes: Int { get }

    /// Takes one view in.
    ///
    /// - Throws: `Failure` if the view does not fit the mesh or the views before it.
    mutating func add(_ view: ViewObservation) throws

    /// Ends one pass over the views.
    ///
    /// - Throws: `Failure` if the views seen so far do not determine a field.
    mutating func endPass() throws

    /// The features of all vertices, after all passes.
    ///
    /// - Throws: `Failure` if the views do not determine a field.
    mutating func solve() throws -> FeatureField
}

extension FieldSolver {
    /// Hands in all views as often as the solver wants, and solves.
    ///
    /// - Parameters:
    ///   - viewCount: the number of views.
    ///   - progress: told after each view how many have been handed in, of how many.
    ///   - view: loads or makes the view of the given index; called in order, once in each pass.
    /// - Throws: what `view` throws, and `Failure` if the views do not determine a field.
    package mutating func fit(
        viewCount: Int, progress: (Int, Int) throws -> Void = { _, _ in }, view: (Int) throws -> ViewObservation
    ) throws -> FeatureField {
        let passes = passes
        for pass in 0..<passes {
            for index in 0..<viewCount {
                try add(view(index))
                try progress(pass * viewCount + index + 1, passes * viewCount)
            }
            try endPass()
        }
        return try solve()
    }
}
