/// Settings and models that belong together.
public enum Preset: String, Sendable, Hashable, Codable, CaseIterable {
    /// What this program does unless told otherwise: the embedded pair, even views, a free vector for each vertex.
    case fast
    /// The same with photo and views looked at in three sizes and mirrored, for nine times the encodings: what that brings is measured in
    /// docs/models-published.md.
    case best
    /// The paper's configuration: DINOv2 ViT-L/14 with registers at 224 pixels, SAM ViT-H, masks 2 and 0, k = 100, 1000 views as the
    /// published code draws them, the coordinate network, and the decoder of the published sizes.
    case paper

    /// The models.
    public var models: ModelChoice {
        switch self {
        case .fast, .best: ModelChoice()
        case .paper: ModelChoice(features: "dinov2-large-registers", featureSide: 224, segmenter: "sam-vit-huge")
        }
    }

    /// Settings with this preset's choices.
    public var settings: Settings {
        var settings = Settings()
        switch self {
        case .fast: break
        case .best:
            settings.featureViews.count = 120
            (settings.mirrorsViews, settings.featureScales) = (true, [1, 1.2, 1.4])
        case .paper: settings.followPaper()
        }
        return settings
    }
}

extension Settings {
    /// Makes everything as published.
    fileprivate mutating func followPaper() {
        featureViews = ViewPlan(count: 1000, size: 224, style: .reference)
        segmentViews.style = .reference
        solver = .mlp
        matchAsPublished()
        photoArea = .whole
        (objectLevel, matching.partLevel, lifting.level) = (.object, .part, .part)
        segmenter = .iseg
    }
}
