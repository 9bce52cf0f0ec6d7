import BSBCorrespondence
import BSBWorkbench

/// One departure from the settings of a preset.
package struct Ablation: Sendable {
    /// The name in tables and on the command line.
    package var name: String
    /// What is different, in words.
    package var title: String
    /// The settings, from those of the preset.
    var settings: Settings

    private init(_ name: String, _ title: String, from base: Settings, _ change: (inout Settings) -> Void) {
        (self.name, self.title, settings) = (name, title, base)
        change(&settings)
    }

    /// `base` itself, first, and departures from `base` with matching as published.
    package static func all(from base: Settings) -> [Ablation] {
        var published = base
        published.matchAsPublished()
        let standard = Ablation("default", "the settings of the preset", from: base) { _ in }
        let departures = candidates(published) + features(published) + photos(published) + lifting(published) + together(published)
        return [standard] + choices(base) + looks(base) + departures
    }

    /// How the preset chooses among candidates; none is refused for a low probability.
    private static func choices(_ base: Settings) -> [Ablation] {
        func variant(_ name: String, _ title: String, _ change: @escaping (inout MatchingOptions) -> Void) -> Ablation {
            Ablation("default-\(name)", "the preset, \(title)", from: base) { settings in
                settings.matching.minimumExistence = 0
                change(&settings.matching)
            }
        }
        func choice(_ name: String, _ title: String, _ choice: CandidateChoice) -> Ablation {
            variant(name, title) { $0.choice = choice }
        }
        return [
            variant("unrefused", "nothing refused") { _ in },
            variant("k-30", "k = 30") { $0.candidateCount = 30 },
            variant("part-0", "none of the query is the part mask's mean") { $0.partShare = 0 },
            variant("part-0.5", "half of the query is the part mask's mean") { $0.partShare = 0.5 },
            choice("iou", "IoU", CandidateChoice(outsiders: .lastResort)),
            choice("iou+4similarity", "IoU + 4 similarity", CandidateChoice(similarity: 4, outsiders: .lastResort)),
            choice("similarity", "similarity of those that qualify", CandidateChoice(iou: 0, similarity: 1, outsiders: .lastResort)),
            choice("all-0.3iou+similarity", "0.3 IoU + similarity of all", CandidateChoice(iou: 0.3, similarity: 1, outsiders: .welcome)),
            choice("all-similarity", "the nearest vertex", CandidateChoice(iou: 0, similarity: 1, outsiders: .welcome)),
            choice(
                "iou+agreement+similarity", "0.3 IoU + agreement + similarity",
                CandidateChoice(iou: 0.3, similarity: 1, agreement: 1, outsiders: .lastResort)),
        ]
    }

    /// How the preset looks at photo and mesh.
    private static func looks(_ base: Settings) -> [Ablation] {
        let best = Preset.best.settings
        let views = [20, 60, 80, 120, 240].map { count in
            Ablation("default-views-\(count)", "the preset, \(count) views", from: base) { $0.featureViews.count = count }
        }
        return views + [
            Ablation("default-mirrored-views", "the preset, and the mirror images of the mesh's views", from: base) {
                $0.mirrorsViews = true
            },
            Ablation("default-sizes", "the preset, photo and views in three sizes", from: base) { $0.featureScales = best.featureScales },
            Ablation("default-sizes-mirrored-views", "the preset, three sizes and mirror images of both", from: base) {
                ($0.mirrorsViews, $0.featureScales) = (best.mirrorsViews, best.featureScales)
            },
        ]
    }

    /// How candidates are found and chosen, otherwise as published.
    private static func candidates(_ base: Settings) -> [Ablation] {
        func choice(_ name: String, _ title: String, _ choice: CandidateChoice) -> Ablation {
            Ablation(name, title, from: base) { $0.matching.choice = choice }
        }
        let counts = [1, 10, 30, 300, 1000].map { count in
            Ablation("k-\(count)", "k = \(count)", from: base) { $0.matching.candidateCount = count }
        }
        return [Ablation("published", "matching as published", from: base) { _ in }] + counts + [
            Ablation("spacing-0.05", "candidates at least 0.05 radii apart", from: base) { $0.matching.spacing = 0.05 },
            Ablation("spacing-0.1", "candidates at least 0.1 radii apart", from: base) { $0.matching.spacing = 0.1 },
            choice("iou+similarity", "IoU + similarity", CandidateChoice(similarity: 1)),
            choice("iou+4similarity", "IoU + 4 similarity", CandidateChoice(similarity: 4)),
            choice("iou+agreement", "IoU + agreement", CandidateChoice(agreement: 1)),
            choice("agreement", "agreement of those that qualify", CandidateChoice(iou: 0, agreement: 1)),
            choice("last-resort", "IoU, outsiders as a last resort", CandidateChoice(outsiders: .lastResort)),
            choice(
                "agreement-last-resort", "agreement, outsiders as a last resort",
                CandidateChoice(iou: 0, agreement: 1, outsiders: .lastResort)),
            choice(
                "iou+agreement-last-resort", "IoU + agreement, outsiders as a last resort",
                CandidateChoice(agreement: 1, outsiders: .lastResort)),
            choice(
                "iou+4similarity-last-resort", "IoU + 4 similarity, outsiders as a last resort",
                CandidateChoice(similarity: 4, outsiders: .lastResort)),
            choice("all-agreement", "agreement of all candidates", CandidateChoice(iou: 0, agreement: 1, outsiders: .welcome)),
            choice("all-similarity", "the nearest vertex", CandidateChoice(iou: 0, similarity: 1, outsiders: .welcome)),
            choice("all-iou+agreement", "IoU + 2 agreement of all", CandidateChoice(agreement: 2, outsiders: .welcome)),
            choice(
                "all-0.3iou+agreement", "0.3 IoU + agreement of all", CandidateChoice(iou: 0.3, agreement: 1, outsiders: .welcome)),
            choice(
                "all-0.3iou+similarity", "0.3 IoU + similarity of all", CandidateChoice(iou: 0.3, similarity: 1, outsiders: .welcome)),
        ]
    }

    /// What is compared.
    private static func features(_ base: Settings) -> [Ablation] {
        [0.25, 0.5, 0.75, 1].map { share in
            Ablation("part-mean-\(share)", "\(share) of the query is the part mask's mean", from: base) {
                $0.matching.partShare = Float(share)
            }
        } + [
            Ablation("means", "without each side's mean feature", from: base) { $0.matching.alignment = .means },
            Ablation("whitening", "whitened over the mesh", from: base) { $0.matching.alignment = .whitening },
        ]
    }

    /// How the photo is looked at.
    private static func photos(_ base: Settings) -> [Ablation] {
        [
            Ablation("whole-photo", "photo features of the whole photo", from: base) { $0.photoArea = .whole },
            Ablation("object-box", "photo features of the object's box", from: base) { $0.photoArea = .object },
            Ablation("mirrored", "mean of the photo's and its mirror image's features", from: base) { $0.mirrorsPhoto = true },
            Ablation("mirrored-both", "the same of the mesh's views too", from: base) { ($0.mirrorsPhoto, $0.mirrorsViews) = (true, true) },
        ]
    }

    /// How features get onto the mesh.
    private static func lifting(_ base: Settings) -> [Ablation] {
        [
            Ablation("views-120", "120 views instead of \(base.featureViews.count)", from: base) { $0.featureViews.count = 120 },
            Ablation("reference-views", "the published views and shading", from: base) { $0.featureViews.style = .reference },
            Ablation("lights", "views lit from five sides", from: base) { $0.featureViews.style = .lights },
            Ablation("normals", "views with normals as colours", from: base) { $0.featureViews.style = .normals },
            Ablation("max", "maximum over views", from: base) { $0.solver = .max },
            Ablation("mlp", "coordinate network, Tanh", from: base) { $0.solver = .mlp },
            Ablation("mlp-linear", "coordinate network, linear output", from: base) { $0.solver = .mlpLinear },
        ]
    }

    /// Several departures at once.
    private static func together(_ base: Settings) -> [Ablation] {
        let crowd = CandidateChoice(iou: 0.3, agreement: 1, outsiders: .welcome)
        func mirroredAmong300(_ settings: inout Settings) {
            (settings.mirrorsPhoto, settings.mirrorsViews, settings.matching.candidateCount) = (true, true, 300)
        }
        func part(_ share: Float, _ more: @escaping (inout Settings) -> Void = { _ in }) -> (inout Settings) -> Void {
            { settings in
                settings.matching.partShare = share
                settings.matching.choice = crowd
                more(&settings)
            }
        }
        return [
            Ablation("part-0.5-all", "half the part's mean; 0.3 IoU + agreement of all", from: base, part(0.5)),
            Ablation(
                "part-0.5-all-mirrored", "the same as part-0.5-all, with mirror image", from: base, part(0.5) { $0.mirrorsPhoto = true }),
            Ablation(
                "part-0.5-all-300-mirrored", "the same as part-0.5-all-mirrored among 300", from: base,
                part(0.5) { ($0.mirrorsPhoto, $0.matching.candidateCount) = (true, 300) }),
            Ablation(
                "part-0.5-all-300-mirrored-both", "the same, with the mirror images of the mesh's views too", from: base,
                part(0.5, mirroredAmong300)),
            Ablation(
                "part-0.5-last-300-mirrored-both", "the same, outsiders as a last resort", from: base,
                part(0.5) { settings in
                    mirroredAmong300(&settings)
                    settings.matching.choice.outsiders = .lastResort
                }),
            Ablation(
                "part-0.5-refused-300-mirrored-both", "the same, outsiders refused", from: base,
                part(0.5) { settings in
                    mirroredAmong300(&settings)
                    settings.matching.choice.outsiders = .refused
                }),
        ]
    }
}
