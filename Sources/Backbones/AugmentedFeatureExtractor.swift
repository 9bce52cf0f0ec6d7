import Basics
import Images

/// A feature extractor that looks at a picture several times, mirrored and nearer, and takes the mean (test-time augmentation).
///
/// At zoom z the picture is covered by (2z - 1) x (2z - 1) windows of 1/z of its size that overlap by half. A cell of the result is the
/// mean of the unit features that the looks have at its centre; there are as many cells more a side as the largest zoom.
public struct AugmentedFeatureExtractor: FeatureExtractor {
    /// Which model this is, with the ways it looks.
    public let identity: ModelIdentity
    /// The length of a feature vector.
    public var dimension: Int { base.dimension }
    private let base: any FeatureExtractor
    private let isMirrored: Bool
    private let zooms: [Int]

    /// An extractor that looks through `base` at each zoom, and mirrored too if so asked.
    public init(_ base: any FeatureExtractor, isMirrored: Bool = true, zooms: [Int] = [1]) {
        precondition(!zooms.isEmpty && zooms.allSatisfy { (1...8).contains($0) }, "zooms are between 1 and 8")
        self.base = base
        self.isMirrored = isMirrored
        self.zooms = zooms
        let ways = "\(isMirrored ? "mirrored" : "plain"), zooms \(zooms.map(String.init).joined(separator: " "))"
        var hasher = ContentHasher()
        hasher.add("base", base.identity.hash)
        hasher.add("ways", ways)
        identity = ModelIdentity(name: "\(base.identity.name), \(ways)", hash: hasher.finalize().hex)
    }

    /// One look at a window of the picture.
    private struct Look {
        var grid: FeatureGrid
        var window: PixelRectangle
        var isMirrored: Bool

        /// Where a point of the picture is in the look's own picture; nil outside the window.
        func place(_ point: SIMD2<Float>) -> SIMD2<Float>? {
            let x = point.x - Float(window.x)
            let y = point.y - Float(window.y)
            guard x >= 0, y >= 0, x <= Float(window.width), y <= Float(window.height) else { return nil }
            return [isMirrored ? Float(window.width) - x : x, y]
        }
    }

    /// The features of a picture of any size.
    ///
    /// Throws `Failure` if the model cannot be run. Complexity: one run of the model for each look.
    public func features(of image: Image) throws -> FeatureGrid {
        var looks: [Look] = []
        for zoom in zooms {
            for window in Self.windows(of: image, zoom: zoom) {
                guard let part = image.cropped(window) else { continue }
                looks.append(Look(grid: try base.features(of: part), window: window, isMirrored: false))
                guard isMirrored else { continue }
                looks.append(Look(grid: try base.features(of: part.flippedHorizontally()), window: window, isMirrored: true))
            }
        }
        return Self.mean(of: looks, scale: zooms.max() ?? 1, width: image.width, height: image.height)
    }

    private static func windows(of image: Image, zoom: Int) -> [PixelRectangle] {
        let (width, height) = (max(1, image.width / zoom), max(1, image.height / zoom))
        let steps = max(1, 2 * zoom - 2)
        return (0..<max(1, 2 * zoom - 1)).flatMap { row in
            (0..<max(1, 2 * zoom - 1)).map { column in
                PixelRectangle(
                    x: (image.width - width) * column / steps, y: (image.height - height) * row / steps, width: width, height: height)
            }
        }
    }

    private static func mean(of looks: [Look], scale: Int, width: Int, height: Int) -> FeatureGrid {
        let whole = looks.first { $0.window.width == width && $0.window.height == height }?.grid ?? looks[0].grid
        let (columns, rows, dimension) = (whole.columns * scale, whole.rows * scale, whole.dimension)
        // Cells are spread evenly over the picture.
        let map = PlaneMap(scaleX: Float(columns) / Float(width), scaleY: Float(rows) / Float(height))
        var values = [Float](repeating: 0, count: columns * rows * dimension)
        for cell in 0..<columns * rows {
            let center = map.inverse([Float(cell % columns) + 0.5, Float(cell / columns) + 0.5])
            for look in looks {
                guard let place = look.place(center) else { continue }
                let feature = look.grid.feature(at: place)
                let squared = feature.reduce(0) { $0 + $1 * $1 }
                guard squared > 0, squared.isFinite else { continue }
                for d in 0..<dimension { values[cell * dimension + d] += feature[d] / squared.squareRoot() }
            }
        }
        return FeatureGrid(columns: columns, rows: rows, dimension: dimension, values: values, map: map)
    }
}
