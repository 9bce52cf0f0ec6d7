import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages

/// What the user points at in a photo.
public struct Click: Sendable, Hashable {
    /// The clicked pixel.
    public var pixel: Pixel
    /// Where the object is clicked, if elsewhere than the part.
    public var objectPixel: Pixel?
    /// A box around the part.
    package var box: Prompt.Box?
    /// More clicks on the part.
    public var more: [Pixel]
    /// Clicks on what is not the part.
    public var unwanted: [Pixel]
    /// The part itself, where it is known; then nothing is segmented at the click.
    public var mask: Mask?

    /// A click at `pixel`.
    public init(_ pixel: Pixel, objectPixel: Pixel? = nil, more: [Pixel] = [], unwanted: [Pixel] = [], mask: Mask? = nil) {
        self.init(pixel, objectPixel: objectPixel, box: nil, more: more, unwanted: unwanted, mask: mask)
    }

    /// A click at `pixel` in a box.
    package init(
        _ pixel: Pixel, objectPixel: Pixel? = nil, box: Prompt.Box?, more: [Pixel] = [], unwanted: [Pixel] = [], mask: Mask? = nil
    ) {
        self.pixel = pixel
        self.objectPixel = objectPixel
        self.box = box
        self.more = more
        self.unwanted = unwanted
        self.mask = mask
    }

    /// A click that stands for a mask, nothing for an empty one: the pixel deepest inside its largest piece.
    public init?(standingFor mask: Mask, objectPixel: Pixel? = nil) {
        guard let piece = mask.components(limit: 1).first, let pixel = piece.deepestPixel else { return nil }
        self.init(pixel, objectPixel: objectPixel, mask: mask)
    }

    /// Where the object is clicked: the part's pixel, if it has none of its own.
    package var pixelOfObject: Pixel { objectPixel ?? pixel }

    /// The question for the part.
    package var prompt: Prompt {
        Prompt(
            points: ([pixel] + more).map { Prompt.Point($0.center) } + unwanted.map { Prompt.Point($0.center, isForeground: false) },
            box: box)
    }
}

extension OpenPhoto {
    /// The object and part masks of a click, by the levels of the settings.
    ///
    /// The segmenter looks again, in a cut around it, at an object that is small in the photo: there its parts are as large as it knows them.
    /// Throws `Failure` if a click is outside the photo or the segmenter cannot be run.
    public func masks(of click: Click, at bench: Workbench) throws -> ClickMasks {
        let (part, object, window) = try predictions(of: click, at: bench)
        return ClickMasks(
            object: object.mask(bench.settings.objectLevel),
            part: try click.mask.map(checked) ?? part.mask(bench.settings.matching.partLevel), window: window)
    }

    /// What the segmenter says to a click: about the part, about the object, and the cut of the photo that it looked at, if at one.
    ///
    /// Throws as ``masks(of:at:)``.
    package func predictions(
        of click: Click, at bench: Workbench
    ) throws -> (part: MaskPrediction, object: MaskPrediction, window: PictureWindow?) {
        for pixel in [click.pixel, click.pixelOfObject] + click.more + click.unwanted { try check(pixel) }
        let prompts = [click.prompt, Prompt(points: [Prompt.Point(click.pixelOfObject.center)])]
        let distinct = prompts[0] == prompts[1] ? [prompts[0]] : prompts
        let seen = try objectAnswers(to: distinct, at: bench)
        guard let window = window(around: seen.last!.mask(bench.settings.objectLevel), click) else { return (seen[0], seen.last!, nil) }
        let near = try objectAnswers(to: distinct, in: window, at: bench)
        return (near[0], near.last!, window)
    }

    /// The cut around a small object with all that is clicked; nil where the object is not small.
    private func window(around object: Mask, _ click: Click) -> PictureWindow? {
        let pixels = [click.pixel, click.pixelOfObject] + click.more + click.unwanted
        guard let box = object.boundingBox, click.box == nil else { return nil }
        let area = pixels.reduce(box) { $0.union(PixelRectangle(x: $1.x, y: $1.y, width: 1, height: 1)) }
        return PictureWindow(around: area, inWidth: image.width, height: image.height)
    }

    private func checked(_ mask: Mask) throws -> Mask {
        guard mask.width == image.width, mask.height == image.height else {
            throw Failure(
                .badInput, "reading the part's mask", path: path,
                reason: "the mask has \(mask.width) x \(mask.height) pixels, the photo \(image.width) x \(image.height)",
                hint: "a mask has the size of the photo as it is seen upright")
        }
        return mask
    }

    /// A click in this photo whose masks are known, ready for matching.
    ///
    /// Throws `Failure` if a model cannot be run.
    package func clicked(_ click: Click, masks: ClickMasks, at bench: Workbench) throws -> ClickedPhoto {
        ClickedPhoto(
            features: try features(of: masks.object, including: click.pixel, at: bench),
            embedding: try embedding(in: masks.window, at: bench),
            click: click.pixel, box: click.box, unwanted: click.unwanted, masks: masks)
    }
}
