import BSBImages

/// A texel and the point of a part that it shows.
struct Texel: Sendable {
    /// Its index in the picture.
    var texel: Int
    /// The triangle of the part.
    var triangle: Int
    /// The weights of the triangle's corners.
    var weights: SIMD3<Float>
}

extension SurfacePart {
    /// The weighted mean of what the corners of a texel's triangle have.
    func mean(_ values: [SIMD3<Float>], at texel: Texel) -> SIMD3<Float> {
        let corners = triangles[texel.triangle]
        return values[corners.x] * texel.weights.x + values[corners.y] * texel.weights.y + values[corners.z] * texel.weights.z
    }

    /// The weighted mean of what the corners of a texel's triangle have.
    func mean(_ values: [Float], at texel: Texel) -> Float {
        let corners = triangles[texel.triangle]
        return values[corners.x] * texel.weights.x + values[corners.y] * texel.weights.y + values[corners.z] * texel.weights.z
    }

    /// The point that a texel shows.
    func point(at texel: Texel) -> PaintedPoint {
        let normal = mean(normals, at: texel)
        let length = (normal * normal).sum().squareRoot()
        return PaintedPoint(
            position: mean(positions, at: texel), normal: length > 0 ? normal / length : normals[triangles[texel.triangle].x])
    }
}

/// The picture that a part is painted into.
struct TexelCanvas {
    /// The texels that lie in a triangle, each once, in reading order.
    let texels: [Texel]
    /// Texels whose centre is inside two triangles.
    let overlapping: Int
    /// size x size.
    var colors: [SIMD3<Float>]
    private let size: Int

    /// An unpainted picture of a layout.
    init(_ part: SurfacePart, _ atlas: ChartAtlas) {
        let size = atlas.size
        self.size = size
        colors = [SIMD3<Float>](repeating: .zero, count: size * size)
        // How far inside its triangle each texel is, as the least of its weights.
        var depth = [Float](repeating: -1, count: size * size)
        var owner = [Texel?](repeating: nil, count: size * size)
        var overlapping = 0
        for triangle in part.triangles.indices {
            let corners = (0..<3).map { atlas.places[3 * triangle + $0] }
            forEachCell(in: (corners[0], corners[1], corners[2]), width: size, height: size) { x, y, weights in
                let texel = y * size + x
                // A centre on the border of two triangles belongs to both.
                if min(depth[texel], weights.min()) > 1e-5 { overlapping += 1 }
                guard weights.min() > depth[texel] else { return }
                depth[texel] = max(0, weights.min())
                owner[texel] = Texel(texel: texel, triangle: triangle, weights: weights)
            }
        }
        // A triangle thinner than a texel may hold no centre of one; what is looked up at its corners is painted nevertheless.
        for triangle in part.triangles.indices {
            for corner in 0..<3 {
                let place = atlas.places[3 * triangle + corner]
                let texel = min(max(Int(place.y), 0), size - 1) * size + min(max(Int(place.x), 0), size - 1)
                guard owner[texel] == nil else { continue }
                var weights = SIMD3<Float>.zero
                weights[corner] = 1
                owner[texel] = Texel(texel: texel, triangle: triangle, weights: weights)
            }
        }
        texels = owner.compactMap { $0 }
        self.overlapping = overlapping
    }

    /// The picture; texels around the charts have the colour of their neighbours, so that interpolation meets no unpainted one.
    func image(rest: SIMD3<Float>) -> Image {
        var (colors, known) = (self.colors, [Bool](repeating: false, count: size * size))
        for texel in texels { known[texel.texel] = true }
        for index in colors.indices where !known[index] { colors[index] = rest }
        for _ in 0..<ChartAtlas.padding { ring(&colors, &known) }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * colors.count)
        for color in colors { for channel in 0..<3 { pixels.append(UInt8((min(max(color[channel], 0), 1) * 255).rounded())) } }
        return Image(width: size, height: size, pixels: pixels)
    }

    /// Gives the texels around the known ones the mean colour of their known neighbours.
    private func ring(_ colors: inout [SIMD3<Float>], _ known: inout [Bool]) {
        let (before, wasKnown) = (colors, known)
        for texel in before.indices where !wasKnown[texel] {
            let (x, y) = (texel % size, texel / size)
            var (sum, count) = (SIMD3<Float>.zero, Float(0))
            for row in max(0, y - 1)...min(size - 1, y + 1) {
                for column in max(0, x - 1)...min(size - 1, x + 1) where wasKnown[row * size + column] {
                    sum += before[row * size + column]
                    count += 1
                }
            }
            guard count > 0 else { continue }
            colors[texel] = sum / count
            known[texel] = true
        }
    }
}
