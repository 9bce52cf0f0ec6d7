import BSBBasics
import BSBImages

/// A feature extractor that looks at a picture several times, mirrored and in several sizes, and takes the mean (test-time augmentation).
///
/// A cell of the result is the mean of the unit features that the looks have at its centre; the cells are those of the first size.
package struct AugmentedFeatureExtractor: FeatureExtractor {
    /// Which model this is, with the ways it looks.
    package let identity: ModelIdentity
    /// The length of a feature vector.
    package var dimension: Int { bases[0].dimension }
    /// The model at each size.
    private let bases: [any FeatureExtractor]
    private let isMirrored: Bool

    /// An extractor that looks through `base` in each of the sizes `scales`, relative to its usual one, and mirrored too if so asked.
    ///
    /// Throws `Failure(.badInput)` if `base` takes one size only and others are asked for.
    package init(_ base: any FeatureExtractor, isMirrored: Bool = true, scales: [Float] = [1]) throws {
        precondition(!scales.isEmpty && scales.allSatisfy { $0 > 0 && $0 <= 8 }, "scales are more than 0 and at most 8")
        bases = try scales.map { $0 == 1 ? base : try base.scaled(by: $0) }
        self.isMirrored = isMirrored
        let ways = "\(isMirrored ? "mirrored" : "plain"), scales \(scales.map { "\($0)" }.joined(separator: " "))"
        var hasher = ContentHasher()
        hasher.add("base", base.identity.hash)
        hasher.add("ways", ways)
        identity = ModelIdentity(name: "\(base.identity.name), \(ways)", hash: hasher.finalize().hex)
    }

    /// One look at the picture.
    private struct Look {
        var grid: FeatureGrid
        /// Whether the grid is of the mirror image.
        var isMirrored: Bool
    }

    /// The features of a picture of any size.
    ///
    /// Throws `Failure` if the model cannot be run. Complexity: one run of the model for each look.
    package func features(of image: Image) throws -> FeatureGrid {
        var looks: [Look] = []
        let mirrored = isMirrored ? image.flippedHorizontally() : nil
        for base in bases {
            looks.append(Look(grid: try base.features(of: image), isMirrored: false))
            if let mirrored { looks.append(Look(grid: try base.features(of: mirrored), isMirrored: true)) }
        }
        return Self.mean(of: looks, width: image.width, height: image.height)
    }

    private static func mean(of looks: [Look], width: Int, height: Int) -> FeatureGrid {
        let (columns, rows, dimension) = (looks[0].grid.columns, looks[0].grid.rows, looks[0].grid.dimension)
        // Cells are spread evenly over the picture.
        let map = PlaneMap(scaleX: Float(columns) / Float(width), scaleY: Float(rows) / Float(height))
        var values = [Float](repeating: 0, count: columns * rows * dimension)
        for cell in 0..<columns * rows {
            let center = map.inverse([Float(cell % columns) + 0.5, Float(cell / columns) + 0.5])
            for look in looks {
                let feature = look.grid.feature(at: look.isMirrored ? [Float(width) - center.x, center.y] : center)
                let squared = feature.reduce(0) { $0 + $1 * $1 }
                guard squared > 0, squared.isFinite else { continue }
                for d in 0..<dimension { values[cell * dimension + d] += feature[d] / squared.squareRoot() }
            }
        }
        return FeatureGrid(columns: columns, rows: rows, dimension: dimension, values: values, map: map)
    }
}
