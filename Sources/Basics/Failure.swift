/// Why something could not be done, in words that its user can act on.
///
/// Every library of this package throws `Failure` and nothing else on bad input, so that the command line can turn any error into one
/// readable line and an exit code.
public struct Failure: Error, Hashable, Sendable {
    /// What sort of failure it is; each has an exit code of its own.
    public enum Kind: Sendable, CaseIterable {
        /// The request contradicts itself or asks for something that does not exist.
        case usage
        /// An input was read and is not what it should be, or an output is to go where none can be.
        case badInput
        /// An input, or the folder of an output, is not there or may not be read.
        case missingInput
        /// A model or the library that runs it is not there.
        case missingModel
        /// Writing an output broke off, or something that must hold does not.
        case `internal`
    }

    /// What sort of failure it is.
    public var kind: Kind
    /// What was being done, as a phrase after "while": `reading the mesh`.
    public var operation: String
    /// The file concerned, as the user named it.
    public var path: String?
    /// What is wrong.
    public var reason: String
    /// What to do about it.
    public var hint: String?

    /// A failure of `kind` in `operation`, because of `reason`.
    public init(_ kind: Kind, _ operation: String, path: String? = nil, reason: String, hint: String? = nil) {
        self.kind = kind
        self.operation = operation
        self.path = path
        self.reason = reason
        self.hint = hint
    }
}

extension Failure: CustomStringConvertible {
    /// `reading the mesh 'a.obj': line 3: … (hint)`, on one line and without control characters.
    public var description: String {
        let place = path.map { " '\($0)'" } ?? ""
        let advice = hint.map { " (\($0))" } ?? ""
        let line = "\(operation)\(place): \(reason)\(advice)"
        return String(line.map { $0.isNewline ? " " : $0 }).printable()
    }
}

extension Failure.Kind {
    /// The process exit code: 64 usage, 65 bad input, 66 missing input, 69 missing model, 70 internal (sysexits.h).
    public var exitCode: Int32 {
        switch self {
        case .usage: 64
        case .badInput: 65
        case .missingInput: 66
        case .missingModel: 69
        case .internal: 70
        }
    }
}
