import BSBBasics
import Foundation

/// Why a client does not get what it asks for, beside what the library itself fails with.
package struct Refusal: Error, Sendable {
    /// What sort of reason it is.
    package enum Code: String, Sendable, Codable, CaseIterable {
        case usage, badInput, missingInput, missingModel, `internal`
        case unknown, forbidden, tooLarge, tooMany, withdrawn, unauthorized, foreignHost
    }

    /// What sort of reason it is.
    package var code: Code
    /// The reason in words.
    package var failure: Failure

    /// A refusal of `code` in `operation`, because of `reason`.
    package init(_ code: Code, _ operation: String, path: String? = nil, reason: String, hint: String? = nil) {
        self.code = code
        failure = Failure(.usage, operation, path: path, reason: reason, hint: hint)
    }
}

/// An error as clients see it.
package struct FailureDocument: Sendable, Codable, Hashable {
    /// What sort of failure it is.
    package var code: Refusal.Code
    /// One sentence: what was being done, to which file, what is wrong, what to do.
    package var message: String
    /// What was being done.
    package var operation: String?
    /// The file concerned.
    package var path: String?
    /// What is wrong.
    package var reason: String?
    /// What to do about it.
    package var hint: String?

    /// The document of any error.
    package init(_ error: any Error) {
        switch error {
        case let refusal as Refusal: self.init(refusal.code, refusal.failure)
        case let failure as Failure: self.init(Self.code(failure.kind), failure)
        case is CancellationError:
            self.init(.withdrawn, Failure(.usage, "answering the question", reason: "it was withdrawn, or a newer one took its place"))
        default: self.init(.internal, Failure(.internal, "answering", reason: "\(error)"))
        }
    }

    private init(_ code: Refusal.Code, _ failure: Failure) {
        (self.code, message) = (code, failure.description)
        (operation, path, reason, hint) = (failure.operation, failure.path, failure.reason, failure.hint)
    }

    private static func code(_ kind: Failure.Kind) -> Refusal.Code {
        switch kind {
        case .usage: .usage
        case .badInput: .badInput
        case .missingInput: .missingInput
        case .missingModel: .missingModel
        case .internal: .internal
        }
    }
}
