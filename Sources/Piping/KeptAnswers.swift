import BSBBasics
import BSBServing

/// Answers to clicks that stay until they are closed, by id.
final class KeptAnswers: Sendable {
    private let answers = Guarded<[Identifier: MatchContents]>([:])

    /// Keeps an answer; its id.
    func add(_ answer: MatchContents) -> Identifier {
        let id = Identifier()
        answers.withLock { $0[id] = answer }
        return id
    }

    /// Closes an answer; whether there was one.
    func remove(_ id: Identifier) -> Bool { answers.withLock { $0.removeValue(forKey: id) != nil } }

    /// The answer with an id.
    ///
    /// Throws `Refusal(.unknown)`.
    func find(_ id: Identifier) throws -> MatchContents {
        guard let answer = answers.withLock({ $0[id] }) else {
            throw Refusal(.unknown, "looking for the answer", reason: "no answer to a click has the id \(id)", hint: "ask again")
        }
        return answer
    }
}
