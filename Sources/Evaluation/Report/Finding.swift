import BSBCorrespondence

/// What became of a click: right, or where it went wrong first.
enum Finding: String, CaseIterable, Sendable {
    /// The answer is on the clicked part.
    case right
    /// No answer, though some vertex leads back into the part: too unlike, or too small an overlap.
    case refused
    /// No answer, since no vertex leads back into the part, or there was nothing to compare.
    case unfound
    /// Another part, and the segmenter's 2D mask at the click is not the part's.
    case mask
    /// Another part, though the most similar vertex is on the right one.
    case choice
    /// Another part, and the most similar vertex is not on the right one either.
    case features

    /// A 2D part mask with less IoU than this is not the part's.
    static let leastMaskIoU = 0.5

    init(_ record: SampleRecord) {
        let answer = record.answers[Method.standard.rawValue]
        if answer?.correct == true {
            self = .right
        } else if answer?.vertex == nil {
            self = [.unlikelyPart, .belowMinimumIoU].contains(record.reason) ? .refused : .unfound
        } else if let iou = record.partMaskIoU, iou < Self.leastMaskIoU {
            self = .mask
        } else {
            self = record.answers[Method.nearestVertex.rawValue]?.correct == true ? .choice : .features
        }
    }

    /// What to call it.
    var title: String { words.title }
    /// What that means, in a sentence.
    var meaning: String { words.meaning }

    private var words: (title: String, meaning: String) {
        switch self {
        case .right: ("right", "The answer is on the clicked part.")
        case .refused: ("refused", "No answer: candidates lead back into the part, but it seems to be lacking.")
        case .unfound: ("nothing leads back", "No answer: no candidate leads back into the part, or there was nothing to compare.")
        case .mask: ("wrong part: 2D mask", "The 2D part mask overlaps the visible part with an IoU below \(Self.leastMaskIoU.fixed).")
        case .choice: ("wrong part: choice", "The most similar vertex is on the right part, but another candidate was chosen.")
        case .features: ("wrong part: features", "The most similar vertex is on another part too.")
        }
    }

    /// The shape of its figures' upper edge: right, wrong or none.
    var verdict: String {
        switch self {
        case .right: "right"
        case .refused, .unfound: "none"
        case .mask, .choice, .features: "wrong"
        }
    }
}
