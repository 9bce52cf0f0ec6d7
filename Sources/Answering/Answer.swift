import BSBBackbones
import BSBCorrespondence
import BSBInteractiveSegmentation
import BSBWorkbench

/// The answer to a click in a photo on a mesh.
public struct Answer: Sendable {
    /// The photo.
    public var photo: OpenPhoto
    /// The mesh.
    public var mesh: OpenMesh
    /// The click.
    public var click: Click
    /// The click's object and part.
    public var masks: ClickMasks
    /// The photo's features that were matched: of the object's box, or of all.
    package var features: FeatureGrid
    /// What matching found.
    public var correspondence: Correspondence
    /// What said whether there is an answer.
    package var decision: MatchingDecision<MatchingOptions>
    /// The part of the mesh, if there is a correspondence and a view shows it.
    public var segment: SurfaceSegment?
    /// The vertex that the part is around: the buddy, or where no view shows it the candidate nearest to it that one does.
    public var segmentVertex: Int?
    /// How the part was found, or would have been.
    public var method = SurfaceMethod.lift
    /// Seconds by stage.
    public var timings: [String: Double] = [:]
    /// The work that was done.
    public var counts = WorkCounts()

    /// Whether the mesh has the part.
    public var isFound: Bool { correspondence.buddy != nil }

    /// What looked odd, in sentences.
    public var warnings: [String] {
        var warnings = mesh.report.warnings + (decision.warning.map { [$0] } ?? [])
        if let buddy = correspondence.buddy, buddy.vertex != segmentVertex {
            let part = segmentVertex.map { "the part is that around vertex \($0)" } ?? "the part around it is not known"
            warnings.append("no view shows vertex \(buddy.vertex): \(part)")
        }
        return warnings
    }
}

extension Answer {
    /// How many times as large as the other a part may be, as shares of mesh and object; it told right answers from wrong ones on clicks in real
    /// photos, and held on others (Training/RESULTS.md).
    private static let mostTimes = 3.5

    /// What speaks against the answer; nothing where there is none.
    ///
    /// Complexity: O(pixels + #V).
    public var doubts: [Doubt] {
        guard isFound, let segment else { return correspondence.doubts }
        let onMesh = mesh.share(of: segment.vertexLabels)
        let inPhoto = Double(masks.part.count) / Double(max(1, masks.object.union(masks.part).count))
        guard max(onMesh, inPhoto) > Self.mostTimes * min(onMesh, inPhoto) else { return correspondence.doubts }
        return correspondence.doubts + [.otherSize(onMesh: onMesh, inPhoto: inPhoto)]
    }

    /// How sure the answer is.
    ///
    /// Complexity: that of ``doubts``.
    public var grade: Grade { Grade(hasAnswer: isFound, doubts: doubts) }
}

/// What is known of an answer so far, each when it is ready.
public enum AnswerStage: Sendable {
    /// What the click means in the photo.
    case masks(ClickMasks)
    /// Where it is on the mesh, or that it is not; the part is not yet known.
    case buddy(Answer)
    /// The part of the mesh: the whole answer.
    case part(Answer)
}
