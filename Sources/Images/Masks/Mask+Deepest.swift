extension Mask {
    /// The pixel deepest inside: the first, in reading order, of what is left just before erosion empties the mask, where the picture's border
    /// erodes too; nil for an empty mask.
    ///
    /// Complexity: O(pixels x depth).
    package var deepestPixel: Pixel? {
        var core = Mask(width: width + 2, height: height + 2) { x, y in
            x > 0 && y > 0 && x <= width && y <= height && self[x - 1, y - 1]
        }
        while true {
            let next = core.eroded(by: 1)
            if next.isEmpty { break }
            core = next
        }
        for y in 0..<core.height { for x in 0..<core.width where core[x, y] { return Pixel(x: x - 1, y: y - 1) } }
        return nil
    }
}
