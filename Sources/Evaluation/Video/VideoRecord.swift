/// Ways to find the clicked part in later frames.
package enum VideoMethod: String, Sendable, Hashable, Codable, CaseIterable {
    /// Earlier frames and the mesh: the default.
    case followed
    /// Earlier frames alone.
    case propagated
    /// The mesh alone, each frame by itself as `bsb locate` has it.
    case alone
    /// The first frame's mask, wherever things go.
    case held

    /// The name in tables.
    package var title: String {
        switch self {
        case .followed: "Earlier frames and the mesh (the default)"
        case .propagated: "Earlier frames without the mesh"
        case .alone: "Each frame alone by the mesh (`bsb locate`)"
        case .held: "The first mask held still"
        }
    }
}

/// What a method said about one frame.
package struct FrameScore: Sendable, Hashable, Codable {
    /// IoU of its mask with the part, 0 where it has none.
    package var iou: Double
    /// Whether it says that the frame shows the part.
    package var told: Bool
}

/// What one frame gave: one line of `samples.jsonl`.
package struct VideoRecord: Sendable, Hashable, Codable, PhotoRecord {
    /// The number of the film times the frames of a film, and the frame.
    package var sample: Int
    /// The number of the film.
    package var photo: Int
    /// The number of the frame, from 0.
    package var frame: Int
    /// How the camera moves.
    package var motion: ClipMotion
    /// The category of both shapes.
    package var category: String
    /// The filmed shape.
    package var source: String
    /// The mesh.
    package var target: String
    /// The clicked part.
    package var part: String
    /// Whether the click in the first frame has a correspondence; without, there are no scores.
    package var answered: Bool
    /// Pixels that show the part.
    package var pixels: Int
    /// Whether the frame shows the part; nil where it shows so little that either answer is right.
    package var shown: Bool?
    /// How sure the default is of its mask; nil in the first frame.
    package var confidence: Double?
    /// The scores, by ``VideoMethod``; in the first frame that of the clicked mask.
    package var scores: [String: FrameScore]
}
