import BSBCorrespondence
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

extension Answer {
    /// Below this IoU the part at the answer's pixel is another.
    static let leastIoU: Float = 0.4
    /// How many times as large as the other a part may be.
    static let mostTimes = 3.5

    /// What speaks against the answer; nothing where there is none.
    ///
    /// The limits told right answers from wrong ones on clicks in real photos, and held on others (Training/RESULTS.md).
    ///
    /// Complexity: O(pixels + #V).
    public var doubts: [Doubt] {
        guard let buddy = correspondence.buddy else { return [] }
        var doubts: [Doubt] = []
        if !buddy.qualifies { doubts.append(.leadsElsewhere) }
        if let existence = correspondence.existence, existence < 0.5 { doubts.append(.unlikely(existence)) }
        if buddy.qualifies, let iou = buddy.iou, iou < Self.leastIoU { doubts.append(.otherPart(iou)) }
        if let segment {
            let onMesh = mesh.share(of: segment.vertexLabels)
            let inPhoto = Double(masks.part.count) / Double(max(1, masks.object.union(masks.part).count))
            if max(onMesh, inPhoto) > Self.mostTimes * min(onMesh, inPhoto) {
                doubts.append(.otherSize(onMesh: onMesh, inPhoto: inPhoto))
            }
        }
        return doubts
    }

    /// How sure the answer is: unsure where something speaks against it.
    public var grade: Grade { isFound ? doubts.isEmpty ? .sure : .unsure : .none }
}
