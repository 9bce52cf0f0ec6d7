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
