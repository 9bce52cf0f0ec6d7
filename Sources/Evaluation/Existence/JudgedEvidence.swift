import BSBBackbones
import BSBCorrespondence
import BSBWorkbench

/// Evidence of a match, with whether there was a counterpart.
struct JudgedEvidence {
    var evidence: ExistenceEvidence
    var exists: Bool
    var category: String
}

/// A row of the reliability of a calibration.
struct Reliability: Encodable, Sendable {
    /// The least probability of the row.
    var from: Double
    /// How many clicks have one in it.
    var clicks: Int
    /// The mean probability, and the share of meshes that had the part.
    var (said, seen): (Double, Double)
}

extension ExistenceRecord {
    var judged: JudgedEvidence { JudgedEvidence(evidence: evidence, exists: exists, category: category) }
}

extension [JudgedEvidence] {
    /// How often the mesh had the part where a calibration said so and so much: five rows, where there are clicks; either kind counts as half.
    func reliability(of calibration: ExistenceCalibration) -> [Reliability] {
        let present = Double(Swift.max(1, count(where: \.exists)))
        let absent = Double(Swift.max(1, count { !$0.exists }))
        let rows = 5
        let said = map { calibration.probability($0.evidence) }
        return (0..<rows).compactMap { row in
            let inside = indices.filter { Swift.min(rows - 1, Int(said[$0] * Double(rows))) == row }
            guard !inside.isEmpty else { return nil }
            let weights = inside.map { self[$0].exists ? 1 / present : 1 / absent }
            let sum = weights.reduce(0, +)
            func mean(_ value: (Int) -> Double) -> Double { zip(inside, weights).reduce(0) { $0 + $1.1 * value($1.0) } / sum }
            return Reliability(
                from: Double(row) / Double(rows), clicks: inside.count, said: SampleJudge.rounded(mean { said[$0] }),
                seen: SampleJudge.rounded(mean { self[$0].exists ? 1 : 0 }))
        }
    }

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
