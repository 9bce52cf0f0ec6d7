import BSBBasics
import BSBImages
import BSBLinearAlgebra

/// A vertex of a part and the pixel that it was matched with.
package struct SurfacePixelPair: Sendable, Hashable {
    /// Index among the part's positions.
    package var point: Int
    /// In the photo's plane.
    package var pixel: SIMD2<Double>

    /// A pair.
    package init(point: Int, pixel: SIMD2<Double>) {
        self.point = point
        self.pixel = pixel
    }
}

/// Where in a photo each point of a part is seen, or would be if nothing hid it.
///
/// An affine camera is fitted to the pairs that agree on one; what is left between it and those pairs becomes a displacement that varies
/// little over the surface, from which pairs that contradict their surroundings are left out. A point that faces away has the place of
/// the points before it: the unseen side mirrors the seen one.
package struct PhotoAlignment: Sendable {
    /// How the camera was found.
    package enum Source: String, Sendable, Hashable, Codable {
        /// From pairs that agree.
        case pairs
        /// From the given view, because pairs do not tell one.
        case view
        /// From the given view, fitted to the mask's box, which draws the part more like its mask.
        case outline
    }

    /// How the camera was found.
    package var source: Source
    /// The camera.
    package var camera: AffineCamera
    /// The unit direction from the part to the eye.
    package var towardsEye: SIMD3<Double>
    /// Whether the photo shows the part mirrored.
    package var isMirrored: Bool
    /// Pairs that agree, of those given.
    package var agreeing: Int
    /// #P places in the photo's plane.
    package var places: [SIMD2<Double>]
    /// IoU of the photo's mask with the part as the places draw it.
    package var outlineIoU: Float

    /// Pairs may differ from the camera by this share of the mask's diagonal.
    private static let tolerance = 0.12
    /// Views that draw the part with less overlap with its mask are given up.
    private static let leastOutlineIoU: Float = 0.35
    /// The strength with which displacements of neighbours are kept alike.
    private static let stiffness = 10.0

    /// Aligns a part with the mask that shows it.
    ///
    /// - Parameters:
    ///   - part: the part.
    ///   - pairs: matched points and pixels.
    ///   - mask: the part in the photo; not empty.
    ///   - view: what to look with where pairs do not tell.
    ///   - seed: decides the samples of pairs.
    /// - Throws: `Failure` if the displacement cannot be solved for.
    package init(_ part: SurfacePart, pairs: [SurfacePixelPair], mask: Mask, view: AffineCamera, seed: UInt64 = 0) throws {
        let box = mask.boundingBox ?? PixelRectangle(x: 0, y: 0, width: mask.width, height: mask.height)
        let diagonal = length(SIMD2(Double(box.width), Double(box.height)))
        let points = pairs.map { part.positions[$0.point] }
        let found = AffineCamera.robust(points, to: pairs.map(\.pixel), tolerance: Self.tolerance * diagonal, seed: seed)
        let count = found?.agreeing.count { $0 } ?? 0
        agreeing = count
        if let found, count >= 8, 4 * count >= pairs.count,
            let seen = try Self.seen(part, by: found.camera, pairs, mask, within: Self.tolerance * diagonal)
        {
            source = .pairs
            camera = seen.camera
            let normal = camera.towardsEye
            let vote = zip(pairs, found.agreeing).reduce(0.0) { sum, pair in
                pair.1 ? sum + (SIMD3<Double>(part.normals[pair.0.point]) * normal).sum() : sum
            }
            (isMirrored, towardsEye) = (vote < 0, vote < 0 ? -normal : normal)
            (places, outlineIoU) = (seen.places, seen.outlineIoU)
        } else {
            let drawn = [view, Self.fitted(view, part, mask)].map { camera in
                let places = part.positions.map(camera.project)
                return (camera: camera, places: places, outlineIoU: Self.outlineIoU(part, places, mask))
            }
            source = drawn[0].outlineIoU >= drawn[1].outlineIoU ? .view : .outline
            (camera, places, outlineIoU) = source == .view ? drawn[0] : drawn[1]
            (isMirrored, towardsEye) = (false, camera.towardsEye)
        }
    }

    /// Places by a camera and by the pairs that agree with it; nil if they draw something else than the mask.
    ///
    /// Pairs in one spot agree on many cameras. Where the one that was found draws the part beside its mask, it is fitted to the mask's box,
    /// and only pairs that still agree move its places.
    private static func seen(
        _ part: SurfacePart, by found: AffineCamera, _ pairs: [SurfacePixelPair], _ mask: Mask, within tolerance: Double
    ) throws -> (camera: AffineCamera, places: [SIMD2<Double>], outlineIoU: Float)? {
        for camera in [found, fitted(found, part, mask)] {
            let agreeing = pairs.filter { length(camera.project(part.positions[$0.point]) - $0.pixel) <= tolerance }
            let places = agreeing.count >= 8 ? try displaced(part, camera, agreeing) : part.positions.map(camera.project)
            let overlap = outlineIoU(part, places, mask)
            if overlap >= leastOutlineIoU { return (camera, places, overlap) }
        }
        return nil
    }

    /// The camera moved and scaled along both axes so that the part fills the mask's box; a fiftieth of the area at each end does not count.
    private static func fitted(_ camera: AffineCamera, _ part: SurfacePart, _ mask: Mask) -> AffineCamera {
        let places = silhouette(part, part.positions.map(camera.project))
        var pixels: [SIMD2<Double>] = []
        mask.forEachSpan { y, range in
            for x in Swift.stride(from: range.lowerBound, to: range.upperBound, by: max(1, mask.width / 256)) {
                pixels.append([Double(x) + 0.5, Double(y) + 0.5])
            }
        }
        func ends(_ values: [Double]) -> (low: Double, high: Double) {
            let sorted = values.sorted()
            return (sorted[sorted.count / 50], sorted[sorted.count - 1 - sorted.count / 50])
        }
        var result = camera
        for axis in 0..<2 {
            let (from, to) = (ends(places.map { $0[axis] }), ends(pixels.map { $0[axis] }))
            let scale = from.high - from.low > 1e-12 ? (to.high - to.low) / (from.high - from.low) : 1
            if axis == 0 { result.x *= scale } else { result.y *= scale }
            let moved: Double = (camera.offset[axis] - from.low) * scale
            result.offset[axis] = to.low + moved
        }
        return result
    }

    /// Evenly spaced places that the triangles cover, so that what is dense in vertices does not outweigh what is large.
    private static func silhouette(_ part: SurfacePart, _ places: [SIMD2<Double>]) -> [SIMD2<Double>] {
        guard let first = places.first else { return [.zero] }
        let low = places.reduce(first) { pointwiseMin($0, $1) }
        let extent = places.reduce(first) { pointwiseMax($0, $1) } - low
        let cell = max(extent.max(), 1e-12) / 128
        let (width, height) = (Int(extent.x / cell) + 1, Int(extent.y / cell) + 1)
        var drawn = Mask(width: width, height: height)
        for triangle in part.triangles {
            let corners = (0..<3).map { (places[triangle[$0]] - low) / cell }
            forEachCell(in: (corners[0], corners[1], corners[2]), width: width, height: height) { x, y, _ in drawn[x, y] = true }
        }
        var covered: [SIMD2<Double>] = []
        drawn.forEachSpan { y, range in
            covered += range.map { low + SIMD2(Double($0) + 0.5, Double(y) + 0.5) * cell }
        }
        return covered.isEmpty ? places : covered
    }

    /// The camera's places moved towards the pairs, smoothly; pairs that are far from their surroundings' displacement are left out.
    private static func displaced(_ part: SurfacePart, _ camera: AffineCamera, _ pairs: [SurfacePixelPair]) throws -> [SIMD2<Double>] {
        let base = part.positions.map(camera.project)
        func field(_ pairs: [SurfacePixelPair]) throws -> [SIMD2<Double>] {
            var weights = [Double](repeating: 0, count: base.count)
            var sums = [SIMD2<Double>](repeating: .zero, count: base.count)
            for pair in pairs {
                weights[pair.point] += 1
                sums[pair.point] += pair.pixel - base[pair.point]
            }
            let values = sums.indices.flatMap { point -> [Float] in
                let mean: SIMD2<Double> = weights[point] > 0 ? sums[point] / weights[point] : .zero
                return [Float(mean.x), Float(mean.y)]
            }
            let solved = try SmoothField.solve(
                Matrix(rows: base.count, columns: 2, values: values), weights: weights, edges: part.edges, strength: stiffness)
            return (0..<base.count).map { SIMD2(Double(solved[$0, 0]), Double(solved[$0, 1])) }
        }
        let first = try field(pairs)
        let residuals = pairs.map { length(base[$0.point] + first[$0.point] - $0.pixel) }
        let limit = 3 * (residuals.sorted()[residuals.count / 2] + 1)
        let second = try field(zip(pairs, residuals).filter { $0.1 <= limit }.map(\.0))
        return zip(base, second).map { $0 + $1 }
    }

    /// IoU of a mask with the triangles drawn at the given places, on a raster of 96 cells along the mask's longer side.
    static func outlineIoU(_ part: SurfacePart, _ places: [SIMD2<Double>], _ mask: Mask) -> Float {
        guard let box = mask.boundingBox else { return 0 }
        let area = box.expanded(by: max(box.width, box.height) / 2)
        let cell = Double(max(box.width, box.height)) / 96
        let (width, height) = (max(1, Int(Double(area.width) / cell)), max(1, Int(Double(area.height) / cell)))
        let origin = SIMD2(Double(area.x), Double(area.y))
        let wanted = Mask(width: width, height: height) { x, y in
            let column = Int((origin.x + (Double(x) + 0.5) * cell).rounded(.down))
            let row = Int((origin.y + (Double(y) + 0.5) * cell).rounded(.down))
            return column >= 0 && row >= 0 && column < mask.width && row < mask.height && mask[column, row]
        }
        var drawn = Mask(width: width, height: height)
        for triangle in part.triangles {
            let corners = (0..<3).map { (places[triangle[$0]] - origin) / cell }
            forEachCell(in: (corners[0], corners[1], corners[2]), width: width, height: height) { x, y, _ in drawn[x, y] = true }
        }
        return drawn.intersectionOverUnion(wanted)
    }
}
