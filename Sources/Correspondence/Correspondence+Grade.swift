/// How sure an answer is.
public enum Grade: String, Sendable, Hashable, Codable, CaseIterable {
    /// The answer leads back into the clicked part, and nothing says that the mesh lacks the part.
    case sure
    /// There is an answer, but it does not lead back into the part, or the mesh more likely lacks the part than not.
    case unsure
    /// There is no answer.
    case none
}

extension Correspondence {
    /// How sure the answer is; unsure below a probability of one half, where that is known.
    public var grade: Grade {
        guard let buddy else { return .none }
        return buddy.qualifies && existence ?? 1 >= 0.5 ? .sure : .unsure
    }
}
