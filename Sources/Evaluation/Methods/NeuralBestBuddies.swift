import Backbones
import Correspondence
import Foundation

/// Sparse mutual matches between two pictures, from coarse to fine, after "Neural Best-Buddies" of Aberman and others, 2018.
///
/// The pyramid is made from the features at hand: their grid, and its means over 2 x 2, 4 x 4 and 8 x 8 cells, where the paper has five
/// levels of VGG-19. At each level a cell's neighbourhood of 3 x 3 cells is compared within the search windows of the matches that
/// survive from the coarser level, in both directions; mutual best matches survive. Features here are of unit length and the same for
/// photos and renders, so the paper's activation threshold and its step to a common appearance have nothing to work on and are left out.
struct NeuralBestBuddies {
    /// Matched cells of the finest level, and the cells in the other picture.
    private(set) var matches: [(from: SIMD2<Int>, to: SIMD2<Int>)] = []
    private let first: FeatureGrid
    private let second: FeatureGrid

    /// Matches two pictures.
    init(_ first: FeatureGrid, _ second: FeatureGrid) {
        self.first = first
        self.second = second
        let (a, b) = (Self.pyramid(first), Self.pyramid(second))
        for level in stride(from: min(a.count, b.count) - 1, through: 0, by: -1) {
            matches = Self.matches(a[level], b[level], within: level == min(a.count, b.count) - 1 ? nil : matches)
        }
    }

    /// Where a point of the first picture is in the second: moved like the nearest match, as a click may be off the sparse set.
    func match(of point: SIMD2<Float>) -> Pixel? {
        let position = first.map(point)
        let nearest = matches.min { Self.distance($0.from, position) < Self.distance($1.from, position) }
        guard let nearest else { return nil }
        let center = SIMD2(Float(nearest.to.x) + 0.5, Float(nearest.to.y) + 0.5)
        let back = second.map.inverse(center)
        guard back.x >= 0, back.y >= 0, back.x < 1e6, back.y < 1e6 else { return nil }
        return Pixel(x: Int(back.x), y: Int(back.y))
    }

    private static func distance(_ cell: SIMD2<Int>, _ position: SIMD2<Float>) -> Float {
        let offset = SIMD2(Float(cell.x) + 0.5, Float(cell.y) + 0.5) - position
        return (offset * offset).sum()
    }

    // MARK: Pyramid

    /// Unit vectors on a grid.
    struct Level {
        var columns: Int
        var rows: Int
        var dimension: Int
        var values: [Float]

        func similarity(_ a: SIMD2<Int>, _ other: Level, _ b: SIMD2<Int>) -> Float {
            // Cells beyond the border count as the nearest within.
            let (ax, ay) = (min(max(a.x, 0), columns - 1), min(max(a.y, 0), rows - 1))
            let (bx, by) = (min(max(b.x, 0), other.columns - 1), min(max(b.y, 0), other.rows - 1))
            let (start, otherStart) = ((ay * columns + ax) * dimension, (by * other.columns + bx) * dimension)
            return values.withUnsafeBufferPointer { x in
                other.values.withUnsafeBufferPointer { y in
                    var sum: Float = 0
                    for d in 0..<dimension { sum += x[start + d] * y[otherStart + d] }
                    return sum
                }
            }
        }

        /// The mean similarity of the 3 x 3 cells around two cells.
        func patchSimilarity(_ a: SIMD2<Int>, _ other: Level, _ b: SIMD2<Int>) -> Float {
            var sum: Float = 0
            for y in -1...1 {
                for x in -1...1 { sum += similarity(a &+ [x, y], other, b &+ [x, y]) }
            }
            return sum / 9
        }
    }

    static func pyramid(_ grid: FeatureGrid) -> [Level] {
        var levels = [normalised(Level(columns: grid.columns, rows: grid.rows, dimension: grid.dimension, values: grid.values))]
        while levels.count < 4, let last = levels.last, last.columns >= 8, last.rows >= 8 { levels.append(halved(last)) }
        return levels
    }

    private static func halved(_ level: Level) -> Level {
        let (columns, rows, d) = (level.columns / 2, level.rows / 2, level.dimension)
        var values = [Float](repeating: 0, count: columns * rows * d)
        for y in 0..<2 * rows {
            for x in 0..<2 * columns {
                let (to, from) = ((y / 2 * columns + x / 2) * d, (y * level.columns + x) * d)
                for i in 0..<d { values[to + i] += level.values[from + i] }
            }
        }
        return normalised(Level(columns: columns, rows: rows, dimension: d, values: values))
    }

    private static func normalised(_ level: Level) -> Level {
        var level = level
        for cell in 0..<level.columns * level.rows {
            let range = cell * level.dimension..<(cell + 1) * level.dimension
            let squared = level.values[range].reduce(0) { $0 + $1 * $1 }
            let scale = squared > 0 && squared.isFinite ? 1 / squared.squareRoot() : 0
            for i in range { level.values[i] = scale == 0 ? 0 : level.values[i] * scale }
        }
        return level
    }

    // MARK: Matching

    /// The mutual best matches of a level, within the windows below the coarser level's matches, or anywhere.
    private static func matches(
        _ a: Level, _ b: Level, within parents: [(from: SIMD2<Int>, to: SIMD2<Int>)]?
    ) -> [(from: SIMD2<Int>, to: SIMD2<Int>)] {
        var forward: [SIMD2<Int>: (to: SIMD2<Int>, similarity: Float)] = [:]
        var backward: [SIMD2<Int>: (to: SIMD2<Int>, similarity: Float)] = [:]
        func compare(_ from: [SIMD2<Int>], _ to: [SIMD2<Int>]) {
            for p in from {
                for q in to {
                    let similarity = a.patchSimilarity(p, b, q)
                    if similarity > forward[p]?.similarity ?? -.infinity { forward[p] = (q, similarity) }
                    if similarity > backward[q]?.similarity ?? -.infinity { backward[q] = (p, similarity) }
                }
            }
        }
        if let parents {
            for parent in parents { compare(window(parent.from, a), window(parent.to, b)) }
        } else {
            compare(all(a), all(b))
        }
        return forward.filter { backward[$0.value.to]?.to == $0.key }.map { ($0.key, $0.value.to) }
            .sorted { ($0.0.y, $0.0.x) < ($1.0.y, $1.0.x) }
    }

    private static func all(_ level: Level) -> [SIMD2<Int>] {
        (0..<level.rows).flatMap { y in (0..<level.columns).map { [$0, y] } }
    }

    /// The cells around the middle of a coarser cell: radius 2, the paper's for coarse levels.
    private static func window(_ parent: SIMD2<Int>, _ level: Level) -> [SIMD2<Int>] {
        let (left, top) = (2 * parent.x - 1, 2 * parent.y - 1)
        var cells: [SIMD2<Int>] = []
        for y in max(top, 0)..<min(top + 4, level.rows) {
            for x in max(left, 0)..<min(left + 4, level.columns) { cells.append(SIMD2(x, y)) }
        }
        return cells
    }
}
