import BSBBackbones
import BSBImages

/// Sparse mutual matches between two pictures, from coarse to fine, after "Neural Best-Buddies" of Aberman and others, 2018.
///
/// The levels are the grid at hand and its means over 2 x 2, 4 x 4, 8 x 8 and 16 x 16 cells, as far as there are enough cells, where the
/// paper has five layers of VGG-19, of 224 to 14 cells. Windows and patches are those of the paper's level with as many cells. At each
/// level the patch around a cell is compared within the search windows of the matches that survive from the coarser level, in both
/// directions; mutual best matches that are active in both pictures survive.
///
/// What differs: the paper brings the next level to a common appearance by optimising pictures of features through the network, which
/// needs its gradient; here the two windows of a match are brought to a common mean and deviation, the paper's appearance transfer
/// without that inversion, if asked for.
struct NeuralBestBuddies: Sendable {
    /// What may be chosen; the defaults are the published constants.
    struct Options: Sendable, Hashable {
        /// Whether the two windows of a match are brought to a common mean and deviation before they are compared.
        var alignsAppearance = false
        /// The least stretched squared length of a feature for its cell to be matched.
        var activation: Float = 0.05
        /// How far from the border matches have to be, in 224ths of the picture.
        var border: Float = 7
        /// How many matches represent all.
        var representatives = 10
    }

    /// Two cells of the finest level that are each other's best match.
    struct Match: Sendable, Hashable {
        var from: SIMD2<Int>
        var to: SIMD2<Int>
        /// Sum of the activations of the levels, and the similarity at the finest: the larger, the better.
        var rank: Float
    }

    /// All matches of the finest level, row by row.
    private(set) var matches: [Match] = []
    /// One match for each of a few clusters of them.
    private(set) var representatives: [Match] = []
    private let first: FeaturePyramid
    private let second: FeaturePyramid

    /// Matches two pictures.
    init(_ first: FeatureGrid, _ second: FeatureGrid, options: Options = Options()) {
        self.init(FeaturePyramid(first), FeaturePyramid(second), options: options)
    }

    /// Matches two pictures whose pyramids are made.
    init(_ first: FeaturePyramid, _ second: FeaturePyramid, options: Options = Options()) {
        self.first = first
        self.second = second
        let coarsest = min(first.levels.count, second.levels.count) - 1
        for level in stride(from: coarsest, through: 0, by: -1) {
            let isFine = first.levels[level].columns > 80
            let search = BuddySearch(
                a: first.levels[level], b: second.levels[level], patchRadius: isFine ? 2 : 1, alignsAppearance: options.alignsAppearance)
            matches = search.matches(within: level == coarsest ? nil : matches, radius: isFine ? 3 : 2, activation: options.activation)
        }
        matches = matches.filter { Self.isInside($0.from, first.levels[0], options) && Self.isInside($0.to, second.levels[0], options) }
        representatives = Self.clustered(matches, count: options.representatives)
    }

    /// Where a point of the first picture is in the second: moved like the nearest of some matches, as a click may be off the sparse set.
    func match(of point: SIMD2<Float>, among matches: [Match]) -> Pixel? {
        let position = first.position(of: point)
        guard let nearest = matches.min(by: { Self.distance($0.from, position) < Self.distance($1.from, position) }) else { return nil }
        let back = second.point(at: SIMD2(Float(nearest.to.x) + 0.5, Float(nearest.to.y) + 0.5))
        guard back.x >= 0, back.y >= 0, back.x < 1e6, back.y < 1e6 else { return nil }
        return Pixel(x: Int(back.x), y: Int(back.y))
    }

    private static func distance(_ cell: SIMD2<Int>, _ position: SIMD2<Float>) -> Float {
        let offset = SIMD2(Float(cell.x) + 0.5, Float(cell.y) + 0.5) - position
        return (offset * offset).sum()
    }

    private static func isInside(_ cell: SIMD2<Int>, _ level: FeaturePyramid.Level, _ options: Options) -> Bool {
        let margin = options.border / 224 * Float(max(level.columns, level.rows))
        let (x, y) = (Float(cell.x) + 0.5, Float(cell.y) + 0.5)
        return min(x, y, Float(level.columns) - x, Float(level.rows) - y) >= margin
    }

    /// The match of highest rank of each of `count` clusters by place in the first picture (Lloyd's iterations from far-apart seeds).
    static func clustered(_ matches: [Match], count: Int) -> [Match] {
        guard matches.count > count, count > 0 else { return matches }
        let places = matches.map { SIMD2(Float($0.from.x), Float($0.from.y)) }
        var centers = [places[matches.indices.max { (matches[$0].rank, $1) < (matches[$1].rank, $0) }!]]
        while centers.count < count {
            let known = centers
            centers.append(places.max { a, b in nearest(a, known).distance < nearest(b, known).distance }!)
        }
        var owners = [Int](repeating: 0, count: places.count)
        for _ in 0..<20 {
            let known = centers
            owners = places.map { nearest($0, known).index }
            for index in centers.indices {
                let own = places.indices.filter { owners[$0] == index }
                if !own.isEmpty { centers[index] = own.reduce(SIMD2.zero) { $0 + places[$1] } / Float(own.count) }
            }
        }
        return centers.indices.compactMap { index in
            matches.indices.filter { owners[$0] == index }.max { (matches[$0].rank, $1) < (matches[$1].rank, $0) }.map { matches[$0] }
        }
    }

    private static func nearest(_ place: SIMD2<Float>, _ centers: [SIMD2<Float>]) -> (index: Int, distance: Float) {
        var best = (index: 0, distance: Float.infinity)
        for (index, center) in centers.enumerated() {
            let distance = ((place - center) * (place - center)).sum()
            if distance < best.distance { best = (index, distance) }
        }
        return best
    }
}
