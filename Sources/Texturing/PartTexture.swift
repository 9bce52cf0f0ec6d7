import BSBBasics
import BSBImages
import BSBLinearAlgebra
import BSBShapes
import Foundation

/// How a part is painted.
package struct TextureOptions: Sendable, Hashable, Codable {
    /// The picture's width and height in texels.
    package var size = 1024
    /// The cosine of the angle to the eye below which the photo is not trusted, and that from which it is.
    package var grazing: ClosedRange<Double> = 0.12...0.4
    /// The colour in 0...1 of what is not painted.
    package var rest = SIMD3<Float>(0.8, 0.8, 0.8)
    /// Pixels at the border of the photo's mask that are not used, since background shines through.
    package var inset = 2

    /// The default options.
    package init() {}
}

/// The photo's part painted onto the mesh's.
package struct PartTexture: Sendable {
    /// The mesh's appearance: the rest in one colour, the part with the picture.
    package let appearance: SurfaceAppearance
    /// The picture.
    package let image: Image
    /// height x width: whether a texel lies in a triangle of the part.
    package let isPainted: [Bool]
    /// Texels whose centre is inside two triangles: 0 for a valid layout.
    package let overlappingTexels: Int
    /// How the part was laid out.
    package let atlas: ChartAtlas

    /// Paints a part.
    ///
    /// - Parameters:
    ///   - part: the triangles that are painted.
    ///   - mesh: their mesh.
    ///   - alignment: where in the photo the part's points are.
    ///   - photo: the photo.
    ///   - mask: the part in the photo; not empty.
    ///   - amount: #P: how much of the photo's colour a point has, 0...1; less towards the part's border blends into the rest.
    ///   - options: how it is painted.
    /// - Throws: `Failure` if the part cannot be laid out or a picture cannot be written.
    package init(
        _ part: SurfacePart, of mesh: Mesh, alignment: PhotoAlignment, photo: Image, mask: Mask, amount: [Float],
        options: TextureOptions = TextureOptions()
    ) throws {
        let z = alignment.towardsEye
        let axis = alignment.camera.x - z * (alignment.camera.x * z).sum()
        let right = length(axis) > 0 ? axis / length(axis) : [1, 0, 0]
        atlas = try ChartAtlas(part, right: right, up: cross(z, right), size: options.size)
        let source = MaskedPhoto(photo, mask: mask, inset: options.inset)
        let shares = part.normals.map { normal -> Float in
            // Away from the eye counts as towards it: the unseen side mirrors the seen one.
            let cosine = abs((SIMD3<Double>(normal) * z).sum())
            return Float(smoothStep((cosine - options.grazing.lowerBound) / (options.grazing.upperBound - options.grazing.lowerBound)))
        }
        let spread = try Self.spread(part, alignment, source, shares)
        let paint = { (triangle: Int, weights: SIMD3<Float>) -> SIMD3<Float> in
            let corners = part.triangles[triangle]
            var (place, share, own, alpha) = (SIMD2<Double>.zero, Float(0), SIMD3<Float>.zero, Float(0))
            for corner in 0..<3 {
                let (point, weight) = (corners[corner], weights[corner])
                place += alignment.places[point] * Double(weight)
                share += shares[point] * weight
                own += spread[point] * weight
                alpha += amount[point] * weight
            }
            let color = own + (source.color(at: place) - own) * share
            return options.rest + (color - options.rest) * alpha
        }
        (image, isPainted, overlappingTexels) = Self.bake(part, atlas, options.rest, paint)
        appearance = try Self.appearance(part, of: mesh, atlas, image, options.rest)
    }

    /// #P colours that spread from where the photo is trusted to where it is not.
    private static func spread(
        _ part: SurfacePart, _ alignment: PhotoAlignment, _ source: MaskedPhoto, _ shares: [Float]
    ) throws -> [SIMD3<Float>] {
        let values = alignment.places.flatMap { place -> [Float] in
            let color = source.color(at: place)
            return [color.x, color.y, color.z]
        }
        let solved = try SmoothField.solve(
            Matrix(rows: part.positions.count, columns: 3, values: values), weights: shares.map { Double($0) + 1e-4 }, edges: part.edges,
            strength: 0.25)
        return (0..<part.positions.count).map { SIMD3(solved[$0, 0], solved[$0, 1], solved[$0, 2]) }
    }

    private static func bake(
        _ part: SurfacePart, _ atlas: ChartAtlas, _ rest: SIMD3<Float>, _ paint: (Int, SIMD3<Float>) -> SIMD3<Float>
    ) -> (Image, [Bool], Int) {
        let size = atlas.size
        var colors = [SIMD3<Float>](repeating: rest, count: size * size)
        // How far inside its triangle each texel is, as the least of its weights.
        var depth = [Float](repeating: -1, count: size * size)
        var overlapping = 0
        for triangle in part.triangles.indices {
            let corners = (0..<3).map { atlas.places[3 * triangle + $0] }
            forEachCell(in: (corners[0], corners[1], corners[2]), width: size, height: size) { x, y, weights in
                let texel = y * size + x
                // A centre on the border of two triangles belongs to both.
                if min(depth[texel], weights.min()) > 1e-5 { overlapping += 1 }
                guard weights.min() > depth[texel] else { return }
                depth[texel] = max(0, weights.min())
                colors[texel] = paint(triangle, weights)
            }
        }
        // A triangle thinner than a texel may hold no centre of one; what is looked up at its corners is painted nevertheless.
        for triangle in part.triangles.indices {
            for corner in 0..<3 {
                let place = atlas.places[3 * triangle + corner]
                let texel = min(max(Int(place.y), 0), size - 1) * size + min(max(Int(place.x), 0), size - 1)
                guard depth[texel] < 0 else { continue }
                var weights = SIMD3<Float>.zero
                weights[corner] = 1
                depth[texel] = 0
                colors[texel] = paint(triangle, weights)
            }
        }
        let isPainted = depth.map { $0 >= 0 }
        dilate(&colors, isPainted, size, by: ChartAtlas.padding)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * colors.count)
        for color in colors { for channel in 0..<3 { pixels.append(UInt8((min(max(color[channel], 0), 1) * 255).rounded())) } }
        return (Image(width: size, height: size, pixels: pixels), isPainted, overlapping)
    }

    /// Gives texels around the charts the colour of their neighbours, ring by ring, so that interpolation meets no unpainted texel.
    private static func dilate(_ colors: inout [SIMD3<Float>], _ isPainted: [Bool], _ size: Int, by rings: Int) {
        var known = isPainted
        for _ in 0..<rings {
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

    private static func appearance(
        _ part: SurfacePart, of mesh: Mesh, _ atlas: ChartAtlas, _ image: Image, _ rest: SIMD3<Float>
    ) throws -> SurfaceAppearance {
        var materialOfFace = [Int32](repeating: 0, count: mesh.faces.count)
        var coordinates = [SIMD2<Float>](repeating: [.nan, .nan], count: 3 * mesh.faces.count)
        for (triangle, face) in part.faces.enumerated() {
            materialOfFace[face] = 1
            for corner in 0..<3 { coordinates[3 * face + corner] = SIMD2<Float>(atlas.places[3 * triangle + corner] / Double(atlas.size)) }
        }
        return SurfaceAppearance(
            materials: [.init(name: "rest", color: rest), .init(name: "part", picture: try image.pngData())],
            materialOfFace: materialOfFace, coordinates: coordinates)
    }
}

/// 0 below 0, 1 above 1, smooth between.
func smoothStep(_ x: Double) -> Double {
    let t = min(max(x, 0), 1)
    return t * t * (3 - 2 * t)
}

/// A photo in which everything outside a mask has the colour of the nearest pixel inside.
struct MaskedPhoto {
    private let area: PixelRectangle
    private var colors: [SIMD3<Float>]

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
        var (queue, isKnown) = ([Int](), [Bool](repeating: false, count: area.width * area.height))
        for y in 0..<area.height {
            for x in 0..<area.width where core[area.x + x, area.y + y] {
                colors[y * area.width + x] = photo[area.x + x, area.y + y].unit
                isKnown[y * area.width + x] = true
                queue.append(y * area.width + x)
            }
        }
        // Breadth first, so that each pixel takes the colour of one that is nearest along rows and columns.
        var next = 0
        while next < queue.count {
            let pixel = queue[next]
            next += 1
            let (x, y) = (pixel % area.width, pixel / area.width)
            for (column, row) in [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
            where column >= 0 && row >= 0 && column < area.width && row < area.height && !isKnown[row * area.width + column] {
                let other = row * area.width + column
                colors[other] = colors[pixel]
                isKnown[other] = true
                queue.append(other)
            }
        }
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
}
