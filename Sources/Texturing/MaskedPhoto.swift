import BSBImages

/// A photo in which everything outside a mask has the colour of the nearest pixel inside.
struct MaskedPhoto {
    /// What is kept of the photo: the mask's box and two pixels around it.
    let area: PixelRectangle
    private var colors: [SIMD3<Float>]
    /// Whether a pixel of the area has its own colour.
    private let isOwn: [Bool]

    /// The photo around the mask; the mask is first narrowed by `inset` pixels, if that leaves anything.
    init(_ photo: Image, mask: Mask, inset: Int) {
        var core = mask
        for narrowed in stride(from: inset, to: 0, by: -1) {
            // The picture's border is no border of the object.
            let candidate = mask.eroded(by: narrowed)
            guard candidate.isEmpty else {
                core = candidate
                break
            }
        }
        let box = mask.boundingBox ?? PixelRectangle(x: 0, y: 0, width: photo.width, height: photo.height)
        area = box.expanded(by: 2).clipped(width: photo.width, height: photo.height)
        colors = [SIMD3<Float>](repeating: SIMD3(repeating: 0.5), count: area.width * area.height)
        var isOwn = [Bool](repeating: false, count: area.width * area.height)
        for y in 0..<area.height {
            for x in 0..<area.width where core[area.x + x, area.y + y] {
                colors[y * area.width + x] = photo[area.x + x, area.y + y].unit
                isOwn[y * area.width + x] = true
            }
        }
        self.isOwn = isOwn
        let sources = NearestFill.sources(width: area.width, height: area.height, isKnown: isOwn)
        for (pixel, source) in sources.enumerated() where source >= 0 { colors[pixel] = colors[source] }
    }

    /// The bilinear colour in 0...1 at a place of the photo's plane, clamped at the border of the mask's box.
    func color(at place: SIMD2<Double>) -> SIMD3<Float> {
        let x = min(max(0, place.x - Double(area.x) - 0.5), Double(area.width - 1))
        let y = min(max(0, place.y - Double(area.y) - 0.5), Double(area.height - 1))
        guard x.isFinite, y.isFinite else { return colors[0] }
        let (left, top) = (Int(x), Int(y))
        let (fx, fy) = (Float(x - Double(left)), Float(y - Double(top)))
        let (right, bottom) = (min(left + 1, area.width - 1), min(top + 1, area.height - 1))
        let upper = colors[top * area.width + left] * (1 - fx) + colors[top * area.width + right] * fx
        let lower = colors[bottom * area.width + left] * (1 - fx) + colors[bottom * area.width + right] * fx
        return upper * (1 - fy) + lower * fy
    }

    /// The mean colour of a square of the area around a place of it, which counts from the area's upper left corner.
    func color(inArea place: SIMD2<Double>, footprint: Double) -> SIMD3<Float> {
        let steps = max(1, Int(footprint.rounded()))
        var sum = SIMD3<Float>.zero
        for row in 0..<steps {
            for column in 0..<steps {
                let offset = (SIMD2(Double(column), Double(row)) + 0.5) / Double(steps) - 0.5
                sum += color(at: SIMD2(Double(area.x), Double(area.y)) + place + offset * footprint)
            }
        }
        return sum / Float(steps * steps)
    }

    /// Whether a place of the area, counted from its upper left corner, is in the narrowed mask.
    func isInside(inArea place: SIMD2<Double>) -> Bool {
        let (x, y) = (min(max(0, Int(place.x)), area.width - 1), min(max(0, Int(place.y)), area.height - 1))
        return isOwn[y * area.width + x]
    }
}
