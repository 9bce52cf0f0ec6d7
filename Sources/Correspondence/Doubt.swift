import Foundation

/// What makes an answer unsure.
public enum Doubt: Sendable, Hashable {
    /// No vertex leads back into the clicked part.
    case leadsElsewhere
    /// The mesh is more likely to lack the part than to have it; the probability that it has it.
    case unlikely(Double)
    /// Clicked where the answer leads back to, the photo gives another part; its IoU with the clicked part.
    case otherPart(Float)
    /// The part is of another size: its share of the mesh, and that of the photo's part in its object, 0...1.
    case otherSize(onMesh: Double, inPhoto: Double)

    /// The doubt in words.
    public var sentence: String {
        func percent(_ share: Double) -> String { String(format: share < 0.095 ? "%.1f %%" : "%.0f %%", 100 * share) }
        return switch self {
        case .leadsElsewhere: "no vertex leads back into the clicked part"
        case .unlikely(let existence): "that the mesh has the part is only \(percent(existence)) likely"
        case .otherPart(let iou):
            "clicked where the answer leads back to, the photo gives another part (IoU \(String(format: "%.2f", iou)))"
        case .otherSize(let mesh, let photo):
            "the part is \(percent(mesh)) of the mesh, the one in the photo \(percent(photo)) of its object"
        }
    }
}

extension Correspondence {
    /// Below this IoU the part at the answer's pixel is another; it told right answers from wrong ones on clicks in real photos, and held on others
    /// (Training/RESULTS.md).
    private static let leastIoU: Float = 0.4

    /// What speaks against the answer, before its part of the mesh is known; nothing where there is none.
    public var doubts: [Doubt] {
        guard let buddy else { return [] }
        var doubts: [Doubt] = []
        if !buddy.qualifies { doubts.append(.leadsElsewhere) }
        if let existence, existence < Grade.leastExistence { doubts.append(.unlikely(existence)) }
        if buddy.qualifies, let iou = buddy.iou, iou < Self.leastIoU { doubts.append(.otherPart(iou)) }
        return doubts
    }
}
