import Synchronization

/// The work that a question took, by kind; what was not called for is absent.
public struct WorkCounts: Sendable, Hashable, Codable {
    /// Views of the mesh that were run through the feature extractor; 0 if its features were known.
    public var featureViews: Int?
    /// Views of the mesh that the segmenter had to embed.
    public var segmenterViews: Int?
    /// Prompts on the photo, to match.
    public var matchingPrompts: Int?
    /// Prompts on views of the mesh, for the part.
    public var liftingPrompts: Int?
    /// Pixels whose similarity with a candidate was evaluated.
    public var pixelsEvaluated: Int?
    /// Pixels that an exhaustive search would have evaluated.
    public var pixelsInSearch: Int?

    /// No work.
    package init() {}
}

/// Counts views as they are looked at, from any thread.
final class Tally: Sendable {
    let featureViews = Atomic(0)
    let segmenterViews = Atomic(0)
}
