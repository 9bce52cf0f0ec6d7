import BSBCorrespondence
import BSBWorkbench
import Foundation

/// How evidence becomes the probability that a mesh of a library has the clicked part.
///
/// The calibration is for parts that are as likely there as not. Among meshes of all kinds few have a part, so the odds are those of one mesh
/// in twenty having it.
package struct LibraryScore: Sendable {
    /// The share of meshes that are taken to have a part beforehand.
    package static let prior = 0.05
    private let calibration: ExistenceCalibration?

    /// The score for the models of a workbench.
    package init(of bench: Workbench) {
        calibration = bench.calibrations.known(.photoToLibrary, for: bench.models)
    }

    /// A score by a calibration.
    package init(_ calibration: ExistenceCalibration?) { self.calibration = calibration }

    /// Whether probabilities are known for the models.
    package var isKnown: Bool { calibration != nil }

    /// The probability; nil where it is not known for the models.
    package func probability(_ evidence: ExistenceEvidence) -> Double? {
        guard let calibration else { return nil }
        let even = min(max(calibration.probability(evidence), 1e-12), 1 - 1e-12)
        let odds = even / (1 - even) * Self.prior / (1 - Self.prior)
        return odds / (1 + odds)
    }

    /// What meshes are ranked by: the probability, or the similarity of the click where that is not known.
    package func rank(_ evidence: ExistenceEvidence) -> Double { probability(evidence) ?? evidence.similarity }
}
