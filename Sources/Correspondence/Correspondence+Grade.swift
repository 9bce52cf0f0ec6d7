/// How sure an answer is.
public enum Grade: String, Sendable, Hashable, Codable, CaseIterable {
    /// The answer leads back into the clicked part, and nothing says that the part is not there.
    case sure
    /// There is an answer, but something speaks against it (``Doubt``).
    case unsure
    /// There is no answer.
    case none
}

extension Grade {
    /// Below this probability an answer is unsure.
    static let leastExistence = 0.5

    /// Unsure where the answer does not lead back, or below a probability of one half, where that is known.
    package init(hasAnswer: Bool, leadsBack: Bool, existence: Double?) {
        self = !hasAnswer ? .none : leadsBack && existence ?? 1 >= Self.leastExistence ? .sure : .unsure
    }

    /// Unsure where something speaks against the answer.
    package init(hasAnswer: Bool, doubts: [Doubt]) {
        self = !hasAnswer ? .none : doubts.isEmpty ? .sure : .unsure
    }
}

extension Correspondence {
    /// How sure the answer is, before its part of the mesh is known.
    public var grade: Grade { Grade(hasAnswer: buddy != nil, doubts: doubts) }
}

extension PixelCorrespondence {
    /// How sure the answer is, by the way back and the probability: unsure below a probability of one half, where that is known.
    package var grade: Grade { Grade(hasAnswer: buddy != nil, leadsBack: buddy?.qualifies ?? false, existence: existence) }
}
