/// The ways to answer a click that are compared, each on the same features and masks.
package enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// This package's way, with the settings of the run.
    case standard = "default"
    /// Best Segmentation Buddies as published, k = 100.
    case bsb
    /// The same, with the nearest vertex where it has no answer.
    case bsbOrNearest = "bsb-or-nearest"
    /// The most similar candidate that qualifies, without choosing by IoU.
    case bsbWithoutIoU = "bsb-without-iou"
    /// The candidate of the largest IoU, whether or not it leads back into the part.
    case bsbWithoutFilter = "bsb-without-part-filter"
    /// Best Segmentation Buddies among 1, 10, 30 and 300 candidates.
    case bsb1 = "bsb-k1"
    case bsb10 = "bsb-k10"
    case bsb30 = "bsb-k30"
    case bsb300 = "bsb-k300"
    /// The vertex most similar to the click.
    case nearestVertex = "nearest-vertex"
    /// The vertex most similar to the click, if its most similar pixel of the object is the click.
    case mutualPixel = "mutual-pixel"
    /// The vertex most similar to the click, if its most similar pixel of the object is at most one cell of the features away.
    case mutualCell = "mutual-cell"
    /// The most similar pixel of a grey render from the photo's own camera.
    case renderSame = "render-nearest-same-view"
    /// The most similar pixel of a grey render from another camera.
    case renderOther = "render-nearest-other-view"
    /// Neural best buddies between the photo and a grey render, from the photo's own camera and from another.
    case nbbSame = "nbb-same-view"
    case nbbOther = "nbb-other-view"
    /// The same with the ten matches only that represent all.
    case nbbSameSparse = "nbb-sparse-same-view"
    case nbbOtherSparse = "nbb-sparse-other-view"
    /// The expected success of a vertex drawn at random.
    case chance

    /// The name in tables.
    package var title: String {
        switch self {
        case .standard: "This package's default"
        case .bsb: "BSB as published (k = 100)"
        case .bsbOrNearest: "BSB, else nearest vertex"
        case .bsbWithoutIoU: "BSB without the IoU choice"
        case .bsbWithoutFilter: "BSB without the part filter"
        case .bsb1: "BSB, k = 1"
        case .bsb10: "BSB, k = 10"
        case .bsb30: "BSB, k = 30"
        case .bsb300: "BSB, k = 300"
        case .nearestVertex: "Nearest vertex"
        case .mutualPixel: "Mutual nearest, same pixel"
        case .mutualCell: "Mutual nearest, within a cell"
        case .renderSame: "Nearest pixel of a render (DIFT's way), same view"
        case .renderOther: "Nearest pixel of a render (DIFT's way), other view"
        case .nbbSame: "Neural best buddies, same view"
        case .nbbOther: "Neural best buddies, other view"
        case .nbbSameSparse: "Neural best buddies, ten only, same view"
        case .nbbOtherSparse: "Neural best buddies, ten only, other view"
        case .chance: "Chance (random vertex)"
        }
    }
}
