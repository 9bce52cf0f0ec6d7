/// Settings and models that belong together.
public enum Preset: String, Sendable, Hashable, Codable, CaseIterable {
    /// What this program does unless told otherwise: the embedded pair, even views, a free vector for each vertex.
    case fast
    /// The paper's configuration: DINOv2 ViT-L/14 with registers at 224 pixels, SAM ViT-H, masks 2 and 0, k = 100, 1000 views as the
    /// published code draws them, the coordinate network, and the decoder of the published sizes.
    case paper

    /// The models.
    public var models: ModelChoice {
        switch self {
        case .fast: ModelChoice()
        case .paper: ModelChoice(features: "dinov2-large-registers", featureSide: 224, segmenter: "sam-vit-huge")
        }
    }

    /// Settings with this preset's choices.
    public var settings: Settings {
        var settings = Settings()
        guard self == .paper else { return settings }
        settings.featureViews = ViewPlan(count: 1000, size: 224, style: .reference)
        settings.segmentViews.style = .reference
        settings.solver = .mlp
        settings.matchAsPublished()
        settings.photoArea = .whole
        (settings.objectLevel, settings.matching.partLevel, settings.lifting.level) = (.object, .part, .part)
        settings.segmenter = .iseg
        return settings
    }
}
