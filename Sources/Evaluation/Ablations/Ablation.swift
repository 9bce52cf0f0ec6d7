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

    /// A name, what is different, and how.
    private typealias Departure = (name: String, title: String, change: (inout Settings) -> Void)
    private typealias Choice = (name: String, title: String, choice: CandidateChoice)

    /// `base` itself, first, and departures from `base` with matching as published.
    package static func all(from base: Settings) -> [Ablation] {
        var published = base
        published.matchAsPublished()
        func variants(of base: Settings, _ departures: [Departure]) -> [Ablation] {
            departures.map { name, title, change in
                var settings = base
                change(&settings)
                return Ablation(name: name, title: title, settings: settings)
            }
        }
        let (standard, views): (Departure, Int) = (("default", "the settings of the preset", { _ in }), base.featureViews.count)
        return variants(of: base, [standard] + choices + looks)
            + variants(of: published, candidates + features + photos + lifting(views) + together)
    }

    /// How the preset chooses among candidates; none is refused for a low probability.
    private static var choices: [Departure] {
        let changes: [(name: String, title: String, change: (inout MatchingOptions) -> Void)] = [
            ("unrefused", "nothing refused", { _ in }), ("k-30", "k = 30", { $0.candidateCount = 30 }),
            ("part-0", "none of the query is the part mask's mean", { $0.partShare = 0 }),
            ("part-0.5", "half of the query is the part mask's mean", { $0.partShare = 0.5 }),
        ]
        let choices: [Choice] = [
            ("iou", "IoU", .init(outsiders: .lastResort)),
            ("iou+4similarity", "IoU + 4 similarity", .init(similarity: 4, outsiders: .lastResort)),
            ("similarity", "similarity of those that qualify", .init(iou: 0, similarity: 1, outsiders: .lastResort)),
            ("all-0.3iou+similarity", "0.3 IoU + similarity of all", .init(iou: 0.3, similarity: 1, outsiders: .welcome)),
            ("all-similarity", "the nearest vertex", .init(iou: 0, similarity: 1, outsiders: .welcome)),
            (
                "iou+agreement+similarity", "0.3 IoU + agreement + similarity",
                .init(iou: 0.3, similarity: 1, agreement: 1, outsiders: .lastResort)
            ),
        ]
        return (changes + choices.map { choice in (choice.name, choice.title, { $0.choice = choice.choice }) }).map { name, title, change in
            (
                "default-\(name)", "the preset, \(title)",
                { settings in
                    settings.matching.minimumExistence = 0
                    change(&settings.matching)
                }
            )
        }
    }

    /// How the preset looks at photo and mesh.
    private static var looks: [Departure] {
        let best = Preset.best.settings
        return [20, 60, 80, 120, 240].map { count in
            ("default-views-\(count)", "the preset, \(count) views", { $0.featureViews.count = count })
        } + [
            ("default-mirrored-views", "the preset, and the mirror images of the mesh's views", { $0.mirrorsViews = true }),
            ("default-sizes", "the preset, photo and views in three sizes", { $0.featureScales = best.featureScales }),
            (
                "default-sizes-mirrored-views", "the preset, three sizes and mirror images of both",
                { ($0.mirrorsViews, $0.featureScales) = (best.mirrorsViews, best.featureScales) }
            ),
        ]
    }

    /// How candidates are found and chosen, otherwise as published.
    private static var candidates: [Departure] {
        let counts: [Departure] = [1, 10, 30, 300, 1000].map { count in
            ("k-\(count)", "k = \(count)", { $0.matching.candidateCount = count })
        }
        let spacings: [Departure] = [0.05, 0.1].map { spacing in
            ("spacing-\(spacing)", "candidates at least \(spacing) radii apart", { $0.matching.spacing = spacing })
        }
        let choices: [Choice] = [
            ("iou+similarity", "IoU + similarity", .init(similarity: 1)), ("iou+4similarity", "IoU + 4 similarity", .init(similarity: 4)),
            ("iou+agreement", "IoU + agreement", .init(agreement: 1)),
            ("agreement", "agreement of those that qualify", .init(iou: 0, agreement: 1)),
            ("last-resort", "IoU, outsiders as a last resort", .init(outsiders: .lastResort)),
            ("agreement-last-resort", "agreement, outsiders as a last resort", .init(iou: 0, agreement: 1, outsiders: .lastResort)),
            ("iou+agreement-last-resort", "IoU + agreement, outsiders as a last resort", .init(agreement: 1, outsiders: .lastResort)),
            ("iou+4similarity-last-resort", "IoU + 4 similarity, outsiders as a last resort", .init(similarity: 4, outsiders: .lastResort)),
            ("all-agreement", "agreement of all candidates", .init(iou: 0, agreement: 1, outsiders: .welcome)),
            ("all-similarity", "the nearest vertex", .init(iou: 0, similarity: 1, outsiders: .welcome)),
            ("all-iou+agreement", "IoU + 2 agreement of all", .init(agreement: 2, outsiders: .welcome)),
            ("all-0.3iou+agreement", "0.3 IoU + agreement of all", .init(iou: 0.3, agreement: 1, outsiders: .welcome)),
            ("all-0.3iou+similarity", "0.3 IoU + similarity of all", .init(iou: 0.3, similarity: 1, outsiders: .welcome)),
        ]
        return [("published", "matching as published", { _ in })] + counts + spacings
            + choices.map { choice in (choice.name, choice.title, { $0.matching.choice = choice.choice }) }
    }

    /// What is compared.
    private static var features: [Departure] {
        [0.25, 0.5, 0.75, 1].map { share in
            ("part-mean-\(share)", "\(share) of the query is the part mask's mean", { $0.matching.partShare = Float(share) })
        } + [
            ("means", "without each side's mean feature", { $0.matching.alignment = .means }),
            ("whitening", "whitened over the mesh", { $0.matching.alignment = .whitening }),
        ]
    }

    /// How the photo is looked at.
    private static var photos: [Departure] {
        [
            ("whole-photo", "photo features of the whole photo", { $0.photoArea = .whole }),
            ("object-box", "photo features of the object's box", { $0.photoArea = .object }),
            ("mirrored", "mean of the photo's and its mirror image's features", { $0.mirrorsPhoto = true }),
            ("mirrored-both", "the same of the mesh's views too", { ($0.mirrorsPhoto, $0.mirrorsViews) = (true, true) }),
        ]
    }

    /// How features get onto the mesh, which the preset looks at from `count` sides.
    private static func lifting(_ count: Int) -> [Departure] {
        [
            ("views-120", "120 views instead of \(count)", { $0.featureViews.count = 120 }),
            ("reference-views", "the published views and shading", { $0.featureViews.style = .reference }),
            ("lights", "views lit from five sides", { $0.featureViews.style = .lights }),
            ("normals", "views with normals as colours", { $0.featureViews.style = .normals }),
            ("max", "maximum over views", { $0.solver = .max }), ("mlp", "coordinate network, Tanh", { $0.solver = .mlp }),
            ("mlp-linear", "coordinate network, linear output", { $0.solver = .mlpLinear }),
        ]
    }

    /// Several departures at once, each of half the part's mean.
    private static var together: [Departure] {
        func mirroredAmong300(_ outsiders: CandidateChoice.Outsiders) -> (inout Settings) -> Void {
            {
                ($0.mirrorsPhoto, $0.mirrorsViews, $0.matching.candidateCount) = (true, true, 300)
                $0.matching.choice.outsiders = outsiders
            }
        }
        let changes: [Departure] = [
            ("all", "half the part's mean; 0.3 IoU + agreement of all", { _ in }),
            ("all-mirrored", "the same as part-0.5-all, with mirror image", { $0.mirrorsPhoto = true }),
            (
                "all-300-mirrored", "the same as part-0.5-all-mirrored among 300",
                { ($0.mirrorsPhoto, $0.matching.candidateCount) = (true, 300) }
            ), ("all-300-mirrored-both", "the same, with the mirror images of the mesh's views too", mirroredAmong300(.welcome)),
            ("last-300-mirrored-both", "the same, outsiders as a last resort", mirroredAmong300(.lastResort)),
            ("refused-300-mirrored-both", "the same, outsiders refused", mirroredAmong300(.refused)),
        ]
        return changes.map { name, title, change in
            (
                "part-0.5-\(name)", title,
                { settings in
                    settings.matching.partShare = 0.5
                    settings.matching.choice = CandidateChoice(iou: 0.3, agreement: 1, outsiders: .welcome)
                    change(&settings)
                }
            )
        }
    }
}
