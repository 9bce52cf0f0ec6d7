import BSBBasics
import BSBImages
import Foundation

/// A square picture with the pattern of a photo's part: overlapping patches of it, each cut where it differs least from those before.
///
/// Image quilting (Efros and Freeman, SIGGRAPH 2001). Slow changes of brightness, which are mostly shading, are divided out of the part first.
struct PatternQuilt {
    /// side x side colours in 0...1.
    let colors: [SIMD3<Float>]
    /// The width and height.
    let side: Int

    /// Patches that are tried at each place.
    private static let tries = 250
    /// How much worse than the best one a patch may be.
    private static let tolerance: Float = 1.1

    /// A picture of the pattern.
    ///
    /// - Parameter photo: the part.
    /// - Parameter scale: texels for a pixel of the photo.
    /// - Parameter side: the width and height in texels.
    /// - Parameter seed: decides which patches are tried.
    /// - Complexity: O(side² x tries).
    init(_ photo: MaskedPhoto, scale: Double, side: Int, seed: UInt64 = 0) {
        let example = Example(photo, scale: min(max(scale, 0.1), 8), most: side)
        self.side = side
        var quilt = [SIMD3<Float>](repeating: .zero, count: side * side)
        var generator = SeededGenerator(seed: seed, stream: 0x9171)
        let (patch, overlap) = (example.patch, max(2, example.patch / 4))
        for top in stride(from: 0, to: side, by: patch - overlap) {
            for left in stride(from: 0, to: side, by: patch - overlap) {
                let place = Place(left: left, top: top, overlapX: left > 0 ? overlap : 0, overlapY: top > 0 ? overlap : 0)
                let corner = Self.patch(of: example, at: place, of: quilt, side, &generator)
                Self.lay(example, corner, at: place, on: &quilt, side)
            }
        }
        colors = quilt
    }

    /// The colour at a texel of a picture of a width; the pattern is repeated.
    func color(at texel: Int, width: Int) -> SIMD3<Float> { colors[(texel / width % side) * side + texel % width % side] }

    // MARK: The example

    /// The photo's part at the scale of the texels, without its slow shading.
    private struct Example {
        var width: Int
        var height: Int
        var colors: [SIMD3<Float>]
        /// The width and height of patches.
        var patch: Int
        /// The upper left corners of patches that lie in the part.
        var corners: [Int]

        init(_ photo: MaskedPhoto, scale: Double, most: Int) {
            // Larger examples tell nothing more.
            let factor = min(scale, Double(most) / Double(max(photo.area.width, photo.area.height)))
            width = max(1, Int((Double(photo.area.width) * factor).rounded()))
            height = max(1, Int((Double(photo.area.height) * factor).rounded()))
            let (columns, rows) = (Double(photo.area.width) / Double(width), Double(photo.area.height) / Double(height))
            var (colors, isInside) = ([SIMD3<Float>](), [Bool]())
            for y in 0..<height {
                for x in 0..<width {
                    let place = SIMD2((Double(x) + 0.5) * columns, (Double(y) + 0.5) * rows)
                    colors.append(photo.color(inArea: place, footprint: max(columns, rows)))
                    isInside.append(photo.isInside(inArea: place))
                }
            }
            self.colors = Self.unshaded(colors, isInside, width, height)
            (patch, corners) = Self.corners(isInside, width, height)
        }

        /// Divides out the brightness around each place, as far as it differs from that of the whole.
        private static func unshaded(_ colors: [SIMD3<Float>], _ isInside: [Bool], _ width: Int, _ height: Int) -> [SIMD3<Float>] {
            func luminance(_ color: SIMD3<Float>) -> Float { (color * SIMD3(0.299, 0.587, 0.114)).sum() }
            let values = colors.indices.map { isInside[$0] ? luminance(colors[$0]) : -1 }
            let known = values.filter { $0 >= 0 }
            guard !known.isEmpty else { return colors }
            let mean = known.reduce(0, +) / Float(known.count)
            var slow = values
            for _ in 0..<2 { slow = PlaneBlur.blurred(slow, width: width, height: height, radius: max(2, max(width, height) / 8)) }
            return colors.indices.map { index in
                guard slow[index] > 0 else { return colors[index] }
                let factor = min(max(mean / max(slow[index], 1e-3), 0.6), 1.8)
                return pointwiseMin(colors[index] * factor, SIMD3(repeating: 1))
            }
        }

        /// The largest patches of which some lie in the part, and where those do; the smallest ones anywhere if none does.
        private static func corners(_ isInside: [Bool], _ width: Int, _ height: Int) -> (Int, [Int]) {
            var sums = [Int](repeating: 0, count: (width + 1) * (height + 1))
            for y in 0..<height {
                var row = 0
                for x in 0..<width {
                    row += isInside[y * width + x] ? 1 : 0
                    sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row
                }
            }
            func isFree(_ x: Int, _ y: Int, _ side: Int) -> Bool {
                let stride = width + 1
                let (above, below) = (y * stride + x, (y + side) * stride + x)
                return sums[below + side] - sums[above + side] - sums[below] + sums[above] == side * side
            }
            let sides = [96, 72, 54, 40, 30, 22, 16, 12, 8]
            for side in sides where side <= min(width, height) {
                let free = (0...(height - side)).flatMap { y in
                    (0...(width - side)).compactMap { isFree($0, y, side) ? y * width + $0 : nil }
                }
                // A pattern wants different patches, more than large ones.
                if !free.isEmpty, free.count >= 4 * side || side == sides.last { return (side, free) }
            }
            let side = min(sides.last!, width, height)
            return (side, (0...(height - side)).flatMap { y in (0...(width - side)).map { y * width + $0 } })
        }
    }

    // MARK: Patches

    private struct Place {
        var left: Int
        var top: Int
        /// How far the patch lies over what is there already.
        var overlapX: Int
        var overlapY: Int
    }

    /// One of the patches that differ little from what they lie over.
    private static func patch(
        of example: Example, at place: Place, of quilt: [SIMD3<Float>], _ side: Int, _ generator: inout SeededGenerator
    ) -> Int {
        let tried = (0..<min(tries, example.corners.count)).map { _ in example.corners[generator.index(below: example.corners.count)] }
        guard place.overlapX + place.overlapY > 0 else { return tried[0] }
        let (columns, rows) = (min(example.patch, side - place.left), min(example.patch, side - place.top))
        let errors = tried.map { corner -> Float in
            var sum: Float = 0
            for y in 0..<rows {
                // Above: the whole row lies over; beside: only its beginning.
                let last = y < place.overlapY ? columns : min(place.overlapX, columns)
                for x in 0..<last {
                    let offset = example.colors[corner + y * example.width + x] - quilt[(place.top + y) * side + place.left + x]
                    sum += (offset * offset).sum()
                }
            }
            return sum
        }
        let least = errors.min() ?? 0
        let good = errors.indices.filter { errors[$0] <= least * tolerance + 1e-6 }
        return tried[good[generator.index(below: good.count)]]
    }

    /// Lays a patch, cut along the way through each overlap on which it differs least from what is there.
    private static func lay(_ example: Example, _ corner: Int, at place: Place, on quilt: inout [SIMD3<Float>], _ side: Int) {
        let (columns, rows) = (min(example.patch, side - place.left), min(example.patch, side - place.top))
        func difference(_ x: Int, _ y: Int) -> Float {
            let offset = example.colors[corner + y * example.width + x] - quilt[(place.top + y) * side + place.left + x]
            return (offset * offset).sum()
        }
        let fromLeft = cut(length: rows, width: min(place.overlapX, columns)) { difference($1, $0) }
        let fromTop = cut(length: columns, width: min(place.overlapY, rows)) { difference($0, $1) }
        for y in 0..<rows {
            for x in 0..<columns where x >= fromLeft[y] && y >= fromTop[x] {
                quilt[(place.top + y) * side + place.left + x] = example.colors[corner + y * example.width + x]
            }
        }
    }

    /// For each place along an overlap how far across the cut is: the way of least cost.
    private static func cut(length: Int, width: Int, cost: (_ along: Int, _ across: Int) -> Float) -> [Int] {
        guard width > 0, length > 0 else { return [Int](repeating: 0, count: length) }
        var sums = [[Float]]()
        for along in 0..<length {
            sums.append(
                (0..<width).map { across in
                    let before = sums.last.map { last in (max(0, across - 1)...min(width - 1, across + 1)).map { last[$0] }.min()! } ?? 0
                    return before + cost(along, across)
                })
        }
        var way = [Int](repeating: 0, count: length)
        way[length - 1] = sums[length - 1].indices.min { sums[length - 1][$0] < sums[length - 1][$1] }!
        for along in stride(from: length - 2, through: 0, by: -1) {
            let next = way[along + 1]
            way[along] = (max(0, next - 1)...min(width - 1, next + 1)).min { sums[along][$0] < sums[along][$1] }!
        }
        return way
    }
}
