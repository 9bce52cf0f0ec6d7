import BSBImages

/// The two masks of a click: what it is a part of, and the part.
public struct ClickMasks: Sendable, Hashable {
    /// The coarse mask, in which pixels are sought.
    public var object: Mask
    /// The fine mask, into which candidates must lead back.
    public var part: Mask

    /// Masks of one picture.
    public init(object: Mask, part: Mask) {
        self.object = object
        self.part = part
    }
}
