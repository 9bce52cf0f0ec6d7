import BSBBackbones
import BSBImages

/// The two masks of a click: what it is a part of, and the part.
public struct ClickMasks: Sendable, Hashable {
    /// The coarse mask, in which pixels are sought.
    public var object: Mask
    /// The fine mask, into which candidates must lead back.
    public var part: Mask

    /// The cut of the picture that the segmenter looked at for them, where the object is small; all that is asked about the click is asked there.
    package var window: PictureWindow?

    /// Masks of one picture.
    package init(object: Mask, part: Mask, window: PictureWindow? = nil) {
        self.object = object
        self.part = part
        self.window = window
    }
}
