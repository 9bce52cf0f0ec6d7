/// How sure an answer is.
public enum Grade: String, Sendable, Hashable, Codable, CaseIterable {
    /// The answer leads back into the clicked part, and nothing says that the part is not there.
    case sure
    /// There is an answer, but it does not lead back into the part, or the part is more likely not there than there.
    case unsure
    /// There is no answer.
    case none
}

extension Grade {
    /// Unsure where the answer does not lead back, or below a probability of one half, where that is known.
    package init(hasAnswer: Bool, leadsBack: Bool, existence: Double?) {
        self = !hasAnswer ? .none : leadsBack && existence ?? 1 >= 0.5 ? .sure : .unsure
    }
}

extension Correspondence {
    /// How sure the answer is; unsure below a probability of one half, where that is known.
    public var grade: Grade { Grade(hasAnswer: buddy != nil, leadsBack: buddy?.qualifies ?? false, existence: existence) }
}

extension PixelCorrespondence {
    /// How sure the answer is, by the same rule: unsure below a probability of one half, where that is known.
    package var grade: Grade { Grade(hasAnswer: buddy != nil, leadsBack: buddy?.qualifies ?? false, existence: existence) }
}
