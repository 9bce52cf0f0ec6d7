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

/// Options of which a calibration knows how likely answers are, or else the published rule decides.
private protocol RuledOptions: Sendable, Equatable {
    var minimumExistence: Double { get set }

    /// Whether candidates come out as with other options, whatever is then asked of the best.
    func isRanked(as other: Self) -> Bool

    /// Makes the published rule say whether there is an answer.
    mutating func decideByRule()
}

extension MatchingOptions: RuledOptions {
    fileprivate func isRanked(as other: Self) -> Bool {
        var other = other
        (other.minimumExistence, other.minimumIoU) = (minimumExistence, minimumIoU)
        return self == other
    }

    fileprivate mutating func decideByRule() { (choice.outsiders, minimumExistence) = (.refused, 0) }
}

extension PixelMatchingOptions: RuledOptions {
    fileprivate func isRanked(as other: Self) -> Bool {
        var other = other
        (other.minimumExistence, other.minimumIoU, other.segmentLimit) = (minimumExistence, minimumIoU, segmentLimit)
        return self == other
    }

    fileprivate mutating func decideByRule() { (acceptsOutsiders, minimumExistence) = (false, 0) }
}

extension Workbench {
    /// How clicks in photos are matched.
    package var matching: MatchingDecision<MatchingOptions> { decision(settings.matching, usual: Settings().matching, .photoToShape) }

    /// How vertices are matched.
    package var pixelMatching: MatchingDecision<PixelMatchingOptions> {
        decision(settings.pixelMatching, usual: Settings().pixelMatching, .shapeToPhoto)
    }

    private func decision<Options: RuledOptions>(
        _ options: Options, usual: Options, _ direction: MatchDirection
    ) -> MatchingDecision<Options> {
        let known = options.isRanked(as: usual) ? calibration(direction) : nil
        var options = options
        let lacks = known == nil && options.minimumExistence > 0
        if lacks { options.decideByRule() }
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
    package func matcher(_ decision: MatchingDecision<MatchingOptions>, asking segmenter: any PromptSegmenter) -> SegmentationBuddyMatcher {
        SegmentationBuddyMatcher(
            segmenter: segmenter, options: decision.options, calibration: decision.calibration, parallelism: parallelism)
    }

    /// What matches vertices, after the settings.
    package var pixelMatcher: PixelBuddyMatcher {
        let decision = pixelMatching
        return PixelBuddyMatcher(options: decision.options, calibration: decision.calibration, parallelism: parallelism)
    }

    /// The models that answer, as results name them.
    package var models: [ModelIdentity] { [extractor.identity, segmenter.identity] + (objectHead.map { [$0.identity] } ?? []) }

    /// The score of existence for these models, where photos are looked at as it was made for.
    private func calibration(_ direction: MatchDirection) -> ExistenceCalibration? {
        let usual = Settings()
        guard (settings.photoArea, settings.mirrorsPhoto) == (usual.photoArea, usual.mirrorsPhoto) else { return nil }
        return calibrations.known(direction, for: models)
    }
}
