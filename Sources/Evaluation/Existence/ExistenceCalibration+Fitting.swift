import BSBBackbones
import BSBCorrespondence

/// Evidence of a match, with whether there was a counterpart.
struct JudgedEvidence {
    var evidence: ExistenceEvidence
    var exists: Bool
    var category: String
}

extension ExistenceRecord {
    var judged: JudgedEvidence { JudgedEvidence(evidence: evidence, exists: exists, category: category) }
}

extension [JudgedEvidence] {
    /// The calibration that fits best; nil where one of the kinds is missing.
    func calibration(_ direction: MatchDirection, models: [ModelIdentity]) -> ExistenceCalibration? {
        ExistenceCalibration.fitted(map(\.evidence), exists: map(\.exists), direction, models: models)
    }

    /// For each category the calibration that all others make; nil where one cannot be made.
    func leftOutCalibrations(_ direction: MatchDirection, models: [ModelIdentity]) -> [String: ExistenceCalibration]? {
        var result: [String: ExistenceCalibration] = [:]
        for category in Set(map(\.category)) {
            result[category] = filter { $0.category != category }.calibration(direction, models: models)
            if result[category] == nil { return nil }
        }
        return result
    }
}

extension ExistenceCalibration {
    /// The source file that holds all known calibrations and this one.
    ///
    /// - Parameter command: how it was made.
    package func sourceFile(command: String) -> String {
        let entries = Self.table.filter { ($0.direction, $0.models) != (direction, models) } + [self]
        let rows = entries.map { entry in
            """
                    ExistenceCalibration(
                        .\(entry.direction.rawValue),
                        models: [
                            "\(entry.models[0])",
                            "\(entry.models[1])",
                        ], weights: [\(entry.weights.map { "\($0)" }.joined(separator: ", "))], clicks: \(entry.clicks))
            """
        }
        return """
            // Written by `bsb evaluate existence --fit`, `reverse --fit` and `library --fit`; do not edit. The last entry:
            // \(command)

            extension ExistenceCalibration {
                /// The calibrations that come with the package: one for each way and each pair of models that was measured.
                package static let table: [ExistenceCalibration] = [
            \(rows.map { $0 + "," }.joined(separator: "\n"))
                ]
            }

            """
    }
}
