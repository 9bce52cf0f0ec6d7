import BSBBasics
import Foundation
import BSBImages
import BSBLinearAlgebra
import BSBShapes

/// How a part is painted.
package struct TextureOptions: Sendable, Hashable, Codable {
    /// The picture's width and height in texels.
    package var size = 1024
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
    /// size x size: where the colour of each texel is from.
    package let provenance: [Provenance]
    /// Texels whose centre is inside two triangles: 0 for a valid layout.
    package let overlappingTexels: Int
    /// How the part was laid out.
    package let atlas: ChartAtlas
    /// What the layout costs.
    package let seams: SeamReport

    /// Paints a part.
    ///
    /// - Parameters:
    ///   - part: the triangles that are painted.
    ///   - mesh: their mesh.
    ///   - right: the unit direction to the right in the photo.
    ///   - up: the unit direction upwards in the photo, at right angles to `right`.
    ///   - photo: the photo.
    ///   - mask: the part in the photo; not empty.
    ///   - amount: #P: how much of the photo's colour a point has, 0...1; less towards the part's border blends into the rest.
    ///   - options: how it is painted.
    ///   - pixelsPerUnit: how many of the photo's pixels are as long as a unit of the mesh, where neither is foreshortened.
    ///   - views: what the photo says of points; nil to paint the photo's pattern all over, wherever it has it.
    /// - Throws: `Failure` if the part cannot be laid out or a picture cannot be written.
    package init(
        _ part: SurfacePart, of mesh: Mesh, right: SIMD3<Double>, up: SIMD3<Double>, photo: Image, mask: Mask, amount: [Float],
        options: TextureOptions = TextureOptions(), pixelsPerUnit: Double, views: (([PaintedPoint]) -> [PhotoView])?
    ) throws {
        atlas = try ChartAtlas(part, right: right, up: up, size: options.size)
        let source = MaskedPhoto(photo, mask: mask, inset: options.inset)
        var canvas = TexelCanvas(part, atlas)
        var provenance = [Provenance](repeating: .none, count: options.size * options.size)
        func paint(_ texel: Texel, _ color: SIMD3<Float>, from origin: Provenance) {
            canvas.colors[texel.texel] = options.rest + (color - options.rest) * part.mean(amount, at: texel)
            provenance[texel.texel] = origin
        }
        let texels = canvas.texels
        if let views {
            let vertices = zip(part.positions, part.normals).map { PaintedPoint(position: $0, normal: $1) }
            let spread = try Self.spread(part, views(vertices), source)
            let shown = Self.feathered(views(texels.map { part.point(at: $0) }), texels.map(\.texel), size: options.size)
            for (texel, view) in zip(texels, shown) {
                let own = part.mean(spread, at: texel)
                let made = own + (source.color(at: view.place) - own) * Float(smoothStep(Double(view.facing)))
                var color = made + (source.color(at: view.mirroredPlace) - made) * view.mirrored
                color += (source.color(at: view.place) - color) * view.seen
                paint(texel, color, from: view.seen >= 0.5 ? .seen : view.mirrored >= 0.5 ? .mirrored : .made)
            }
        } else {
            let pattern = PatternQuilt(
                source, scale: atlas.texelsPerUnit(of: part) / pixelsPerUnit, side: min(options.size, Self.patternSide))
            for texel in texels { paint(texel, pattern.color(at: texel.texel, width: options.size), from: .made) }
        }
        self.provenance = provenance
        overlappingTexels = canvas.overlapping
        image = canvas.image(rest: options.rest)
        seams = SeamReport(part, atlas, image)
        appearance = try Self.appearance(part, of: mesh, atlas, image, options.rest)
    }

    /// Larger pictures repeat the pattern.
    private static let patternSide = 1024

    /// The share of the painted texels of each origin.
    package var shares: [Provenance: Double] {
        let painted = Double(max(1, provenance.count { $0 != .none }))
        return Dictionary(
            uniqueKeysWithValues: Provenance.allCases.filter { $0 != .none }.map { kind in
                (kind, Double(provenance.count { $0 == kind }) / painted)
            })
    }

    /// #P colours that spread from where the photo tells them to where it does not.
    private static func spread(_ part: SurfacePart, _ views: [PhotoView], _ source: MaskedPhoto) throws -> [SIMD3<Float>] {
        let values = views.flatMap { view -> [Float] in
            let color = source.color(at: view.seen >= view.mirrored ? view.place : view.mirroredPlace)
            return [color.x, color.y, color.z]
        }
        let solved = try SmoothField.solve(
            Matrix(rows: views.count, columns: 3, values: values), weights: views.map { Double(max($0.seen, $0.mirrored)) + 1e-4 },
            edges: part.edges, strength: 0.25)
        return (0..<views.count).map { SIMD3(solved[$0, 0], solved[$0, 1], solved[$0, 2]) }
    }

    /// Views in which what is seen fades out before it ends, over some texels.
    private static func feathered(_ views: [PhotoView], _ texels: [Int], size: Int) -> [PhotoView] {
        func soft(_ values: [Float]) -> [Float] {
            var plane = [Float](repeating: -1, count: size * size)
            for (texel, value) in zip(texels, values) { plane[texel] = value }
            for _ in 0..<2 { plane = PlaneBlur.blurred(plane, width: size, height: size, radius: max(1, size / 200)) }
            return zip(texels, values).map { min($1, max(0, 2 * plane[$0] - 1)) }
        }
        let (seen, mirrored) = (soft(views.map(\.seen)), soft(views.map(\.mirrored)))
        return views.indices.map { index in
            var view = views[index]
            (view.seen, view.mirrored) = (seen[index], mirrored[index])
            return view
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
package func smoothStep(_ x: Double) -> Double {
    let t = min(max(x, 0), 1)
    return t * t * (3 - 2 * t)
}
