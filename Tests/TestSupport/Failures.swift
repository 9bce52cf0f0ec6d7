import BSBBasics

/// The failure that `body` ends with; throws where it ends otherwise.
public func failure(_ body: () throws -> some Any) throws -> Failure {
    do {
        _ = try body()
    } catch let failure as Failure {
        return failure
    }
    throw NoFailure()
}

/// That something went well which should have failed.
private struct NoFailure: Error {}
