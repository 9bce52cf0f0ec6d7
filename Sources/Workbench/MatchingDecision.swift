import BSBBackbones
import BSBCorrespondence

/// What says whether there is an answer.
public enum DecidedBy: String, Sendable, Hashable, Codable {
    /// A calibrated probability.
    case calibration
    /// The published rule: that some candidate leads back into the part.
    case rule
}

/// How a click is matched in effect, after what is known of the models.
///
/// How likely it is that the mesh has the part is known for some models and settings; how often and in how many sizes they look changes it
/// little. With others a least probability cannot be asked for: then the published rule decides.
package struct MatchingDecision<Options: Sendable>: Sendable {
    /// The options in effect.
    package let options: Options
    /// How evidence becomes a probability, where that is known.
    package let calibration: ExistenceCalibration?
    /// Whether a least probability was asked for, and is not known.
    package let lacksProbability: Bool

    /// What says whether there is an answer.
    package var decidedBy: DecidedBy { calibration == nil ? .rule : .calibration }

    /// What users should know of it.
    package var warning: String? {
        lacksProbability
            ? "how likely the part is there is not known for these models and settings: the published rule decides whether there is an answer"
            : nil
    }
}

extension Workbench {
    /// How clicks in photos are matched.
    public var matching: MatchingDecision<MatchingOptions> {
        var usual = Settings().matching
        usual.minimumExistence = settings.matching.minimumExistence
        usual.minimumIoU = settings.matching.minimumIoU
        let known = settings.matching == usual ? calibration(.photoToShape) : nil
        var options = settings.matching
        let lacks = known == nil && options.minimumExistence > 0
        if lacks { (options.choice.outsiders, options.minimumExistence) = (.refused, 0) }
        return MatchingDecision(options: options, calibration: known, lacksProbability: lacks)
    }

    /// How vertices are matched.
    public var pixelMatching: MatchingDecision<PixelMatchingOptions> {
        var usual = Settings().pixelMatching
        usual.minimumExistence = settings.pixelMatching.minimumExistence
        usual.minimumIoU = settings.pixelMatching.minimumIoU
        usual.segmentLimit = settings.pixelMatching.segmentLimit
        let known = settings.pixelMatching == usual ? calibration(.shapeToPhoto) : nil
        var options = settings.pixelMatching
        let lacks = known == nil && options.minimumExistence > 0
        if lacks { (options.acceptsOutsiders, options.minimumExistence) = (false, 0) }
        return MatchingDecision(options: options, calibration: known, lacksProbability: lacks)
    }

    /// The settings in effect: what results report.
    public var effectiveSettings: Settings {
        var settings = settings
        settings.matching = matching.options
        settings.pixelMatching = pixelMatching.options
        return settings
    }

    /// What matches clicks with `segmenter`, which knows the photo.
    func matcher(_ decision: MatchingDecision<MatchingOptions>, asking segmenter: any PromptSegmenter) -> SegmentationBuddyMatcher {
        SegmentationBuddyMatcher(
            segmenter: segmenter, options: decision.options, calibration: decision.calibration, parallelism: parallelism)
    }

    /// What matches vertices, after the settings.
    public var pixelMatcher: PixelBuddyMatcher {
        let decision = pixelMatching
        return PixelBuddyMatcher(options: decision.options, calibration: decision.calibration, parallelism: parallelism)
    }

    /// The score of existence for these models, where photos are looked at as it was made for.
    private func calibration(_ direction: MatchDirection) -> ExistenceCalibration? {
        let usual = Settings()
        guard (settings.photoArea, settings.mirrorsPhoto) == (usual.photoArea, usual.mirrorsPhoto) else { return nil }
        return ExistenceCalibration.known(direction, extractor: extractor.identity, segmenter: segmenter.identity)
    }
}
