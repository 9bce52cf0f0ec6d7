import BSBBackbones
import BSBCorrespondence
import BSBWorkbench

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

    /// What tells what exists from what does not, as scores by name: what was seen, the calibrated score `existence`, if there is one for the
    /// models, and `leftOut`, the score that a calibration has which was fitted to all other categories.
    func scores(_ direction: MatchDirection, at bench: Workbench) -> [(name: String, of: (JudgedEvidence) -> Double)] {
        var scores: [(name: String, of: (JudgedEvidence) -> Double)] = [
            ("qualifyingShare", \.evidence.qualifyingShare), ("similarity", \.evidence.similarity),
        ]
        if let known = bench.calibrations.known(direction, for: bench.models) {
            scores.append(("existence", { known.probability($0.evidence) }))
        }
        if let others = leftOutCalibrations(direction, models: bench.models) {
            scores.append(("leftOut", { others[$0.category]!.probability($0.evidence) }))
        }
        return scores
    }
}
