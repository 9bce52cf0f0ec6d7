import BSBBasics
import BSBImages
import BSBLinearAlgebra
import BSBRendering

/// Where on a surface each pixel of an object is, and where in the photo each point of the surface that it shows.
///
/// A camera shows the surface in the photo's plane; a warp moves what it shows to where the photo has it. Both are invertible, so that points
/// that are side by side stay so.
package struct DenseMap: Sendable {
    /// How the photo sees the shape, before the warp.
    package let camera: PhotoCamera
    /// How well what is shown covers the object and looks like it, after the warp.
    package let score: Double
    /// Triangles of the warp that are folded over.
    package let folds: Int
    /// The lattice of the warp.
    package let lattice: ObjectLattice
    /// For each node of the lattice where what the camera shows there is in the photo, from there.
    package let displacement: [SIMD2<Double>]
    let scene: RayScene

    /// The same without the warp.
    package var unwarped: DenseMap {
        DenseMap(
            camera: camera, score: score, folds: 0, lattice: lattice, displacement: displacement.map { _ in .zero }, scene: scene)
    }

    /// The place in the photo of a position in the unit ball, whether something hides it or not.
    package func place(of position: SIMD3<Double>) -> SIMD2<Double> {
        let place = camera.project(position)
        return place + displacement(at: place)
    }

    /// The displacement at a place of the camera's picture, bilinear between nodes; beyond the lattice that of its border.
    func displacement(at place: SIMD2<Double>) -> SIMD2<Double> {
        let position = (place - lattice.origin) / lattice.spacing
        guard position.x.isFinite, position.y.isFinite else { return .zero }
        let x = min(max(0, position.x), Double(lattice.columns - 1))
        let y = min(max(0, position.y), Double(lattice.rows - 1))
        let (left, top) = (min(Int(x), max(0, lattice.columns - 2)), min(Int(y), max(0, lattice.rows - 2)))
        let (right, bottom) = (min(left + 1, lattice.columns - 1), min(top + 1, lattice.rows - 1))
        let (fx, fy) = (x - Double(left), y - Double(top))
        let columns = lattice.columns
        let upper = displacement[top * columns + left] * (1 - fx) + displacement[top * columns + right] * fx
        let lower = displacement[bottom * columns + left] * (1 - fx) + displacement[bottom * columns + right] * fx
        return upper * (1 - fy) + lower * fy
    }

    /// For each position whether the surface hides it from the eye.
    ///
    /// - Parameter lifted: how far towards the eye the line of sight begins, so that a point does not hide itself.
    package func hidden(_ positions: [SIMD3<Float>], lifted: Float = 4e-3) -> [Bool] {
        scene.occluded(
            positions.map { position in
                let towards = SIMD3<Float>(camera.direction(from: SIMD3<Double>(position)))
                return Ray(origin: position + towards * lifted, direction: towards, near: 0, far: 4)
            })
    }

    /// For each pixel of a mask the point of the surface that it shows; the nearest such pixel's where the warp leads beside the surface.
    ///
    /// - Parameter mask: of a picture of the photo that is `step` times smaller.
    /// - Parameter isFilled: whether pixels that the warp leads beside the surface have the nearest one's point, or none.
    /// - Returns: width x height of the mask; nil outside, and everywhere if no pixel meets the surface.
    /// - Complexity: O(pixels x log #F).
    package func spots(of mask: Mask, step: Double = 1, isFilled: Bool = true) -> [SurfaceSpot?] {
        let width = mask.width
        var sources = [SIMD2<Double>?](repeating: nil, count: width * mask.height)
        for triangle in LatticeWarp.triangles(lattice) {
            let nodes = [triangle.x, triangle.y, triangle.z]
            let corners = nodes.map { (lattice.place($0) + displacement[$0]) / step }
            forEachCell(in: (corners[0], corners[1], corners[2]), width: width, height: mask.height) { x, y, weights in
                guard mask[x, y] else { return }
                var source = SIMD2<Double>.zero
                for corner in 0..<3 { source += lattice.place(nodes[corner]) * Double(weights[corner]) }
                sources[y * width + x] = source
            }
        }
        let pixels = sources.indices.filter { sources[$0] != nil }
        var spots = [SurfaceSpot?](repeating: nil, count: sources.count)
        for (pixel, hit) in zip(pixels, scene.nearestHits(pixels.map { camera.ray(through: sources[$0]!) })) {
            spots[pixel] = hit.map(SurfaceSpot.init)
        }
        if isFilled { fill(&spots, mask) }
        return spots
    }

    /// Gives pixels of the mask without a point that of the nearest with one, along rows and columns.
    private func fill(_ spots: inout [SurfaceSpot?], _ mask: Mask) {
        let sources = NearestFill.sources(width: mask.width, height: mask.height, isKnown: spots.map { $0 != nil })
        mask.forEachSpan { y, range in
            for pixel in (y * mask.width + range.lowerBound)..<(y * mask.width + range.upperBound) where sources[pixel] >= 0 {
                spots[pixel] = spots[sources[pixel]]
            }
        }
    }
}
