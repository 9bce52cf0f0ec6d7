import BSBBasics
import BSBImages

/// What a layout of a part costs.
package struct SeamReport: Sendable, Hashable, Codable {
    /// The length of all seams inside the part, in units of the square root of its area.
    package var length: Double
    /// The mean difference of a channel in 0...1 between both sides of a seam.
    package var difference: Double
    /// How much longer the picture of a small circle is than wide: the median over the area, and the 95th percentile.
    package var stretch: [Double]

    init(_ part: SurfacePart, _ atlas: ChartAtlas, _ image: Image) {
        func color(_ triangle: Int, _ edge: SIMD2<Int>) -> SIMD3<Float> {
            var place = SIMD2<Double>.zero
            for corner in 0..<3 {
                let point = part.triangles[triangle][corner]
                // A little inside, so that the texel is the chart's own.
                place += atlas.places[3 * triangle + corner] * (point == edge.x || point == edge.y ? 0.48 : 0.04)
            }
            return image[min(max(Int(place.x), 0), atlas.size - 1), min(max(Int(place.y), 0), atlas.size - 1)].unit
        }
        var (total, sum) = (0.0, 0.0)
        for seam in ChartCutter(part).seams(atlas.chartOfTriangle) {
            let long = BSBBasics.length(SIMD3<Double>(part.positions[seam.edge.x] - part.positions[seam.edge.y]))
            let offset = color(seam.first, seam.edge) - color(seam.second, seam.edge)
            total += long
            sum += long * Double(abs(offset.x) + abs(offset.y) + abs(offset.z)) / 3
        }
        let stretches = part.triangles.indices.compactMap { triangle in
            Self.stretch(triangle, part, atlas).map { (value: $0, area: BSBBasics.length(part.areaVector(triangle)) / 2) }
        }.sorted { $0.value < $1.value }
        let area = stretches.reduce(0) { $0 + $1.area }
        length = area > 0 ? total / area.squareRoot() : 0
        difference = total > 0 ? sum / total : 0
        stretch = [0.5, 0.95].map { share in
            var rest = share * area
            return stretches.first { triangle in
                rest -= triangle.area
                return rest <= 0
            }?.value ?? 1
        }
    }

    /// The larger over the smaller singular value of the map from a triangle to its place in the picture; nil without an area.
    private static func stretch(_ triangle: Int, _ part: SurfacePart, _ atlas: ChartAtlas) -> Double? {
        let corners = (0..<3).map { SIMD3<Double>(part.positions[part.triangles[triangle][$0]]) }
        let (u, v) = (corners[1] - corners[0], corners[2] - corners[0])
        let base = BSBBasics.length(u)
        let height = BSBBasics.length(cross(u, v)) / max(base, 1e-300)
        guard base > 0, height > 1e-9 * base else { return nil }
        let along = (u * v).sum() / base
        let (s, t) = (
            atlas.places[3 * triangle + 1] - atlas.places[3 * triangle], atlas.places[3 * triangle + 2] - atlas.places[3 * triangle]
        )
        // The columns of the map: what becomes of a unit along the first side, and of one across it.
        let x = s / base
        let y = (t - x * along) / height
        let (sum, determinant) = ((x * x).sum() + (y * y).sum(), abs(x.x * y.y - x.y * y.x))
        guard determinant > 1e-12 * sum else { return nil }
        let root = max(0, sum * sum / 4 - determinant * determinant).squareRoot()
        return ((sum / 2 + root) / max(sum / 2 - root, 1e-12 * sum)).squareRoot()
    }
}
