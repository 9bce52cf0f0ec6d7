import BSBBasics
import Foundation

/// How open the surfaces that a camera sees are to light from all around, by casting rays.
///
/// Each pixel casts a few rays, those of 4 x 4 pixels together are one Fibonacci lattice over the half sphere, and the rays of the pixels around
/// that see the same surface are averaged (interleaved sampling: Keller and Heidrich, Rendering Techniques 2001). On even surface every average is
/// over the same directions, so that nothing is speckled, for the rays of one pixel.
struct OcclusionField {
    private let size: RasterSize
    private let samples: Int
    private let tolerance: Float
    private let strength: Float
    private let points: [Point]
    /// The averages at the pixels' own points.
    private var smoothed: [Float]
    private let sight: Sight

    /// Pixels across and down that share a lattice.
    private static let tile = 4

    /// Where a pixel of the finished picture casts its rays.
    private struct Point {
        var position: SIMD3<Float>
        /// Unit, on the side that is seen.
        var normal: SIMD3<Float>
        /// The share of the rays that escape; negative where there is no surface.
        var open: Float = -1
    }

    /// The field of a picture whose pixels have `samples` x `samples` samples in `buffers`.
    ///
    /// Complexity: that of casting the rays of all pixels.
    init(scene: RayScene, options: Shading.AmbientOcclusion, frame: CameraFrame, buffers: SurfaceBuffers, samples: Int) {
        size = RasterSize(width: buffers.size.width / samples, height: buffers.size.height / samples)
        self.samples = samples
        strength = options.strength
        let diagonal = scene.bounds.upper - scene.bounds.lower
        let reach = options.reach * dot(diagonal, diagonal).squareRoot()
        tolerance = reach * 0.05
        let sight = Sight(scene: scene, frame: frame)
        let lattice = Lattice(rays: min(max(options.rays, 1), 1024), tile: Self.tile)
        let (size, samples) = (size, samples)
        points = (0..<(size.width * size.height)).map { pixel in
            let (x, y) = (pixel % size.width, pixel / size.width)
            guard let sample = Self.firstSample(ofPixel: (x, y), buffers, samples) else { return Point(position: .zero, normal: .zero) }
            var point = sight.point(buffers, sample)
            point.open = lattice.openness(point.position, point.normal, place: (x % Self.tile, y % Self.tile), reach: reach, in: scene)
            return point
        }
        self.sight = sight
        smoothed = []
        smoothed = points.indices.map { points[$0].open < 0 ? 0 : average(around: $0, points[$0]) }
    }

    /// 1 where all rays into the half space on the seen side escape, less by up to the strength where nearby surface stops them.
    ///
    /// - Parameter index: a sample that shows surface.
    func openness(_ buffers: SurfaceBuffers, _ index: Int) -> Float {
        let pixel = index / buffers.size.width / samples * size.width + index % buffers.size.width / samples
        let point = sight.point(buffers, index)
        // At outlines samples of one pixel are of several surfaces.
        let open = isSame(points[pixel], point) ? smoothed[pixel] : average(around: pixel, point)
        return 1 - strength * (1 - open)
    }

    /// The mean over the pixels around that see the surface of `point`, with each place of the lattice as often as every other.
    private func average(around pixel: Int, _ point: Point) -> Float {
        let (x, y) = (pixel % size.width, pixel / size.width)
        let half = Self.tile / 2
        var (sum, total) = (Float(0), Float(0))
        for row in max(0, y - half)...min(size.height - 1, y + half) {
            for column in max(0, x - half)...min(size.width - 1, x + half) {
                let other = points[row * size.width + column]
                guard isSame(other, point) else { continue }
                // The first and the last row and column are of one place.
                let weight: Float = (abs(row - y) == half ? 0.5 : 1) * (abs(column - x) == half ? 0.5 : 1)
                sum += weight * other.open
                total += weight
            }
        }
        // A sliver that no pixel's own point lies on.
        return total > 0 ? sum / total : max(points[pixel].open, 0)
    }

    /// Whether a pixel's point lies on the same piece of surface: about level with it, and facing about the same way.
    @inline(__always)
    private func isSame(_ other: Point, _ point: Point) -> Bool {
        guard other.open >= 0, dot(other.normal, point.normal) > 0.8 else { return false }
        return abs(dot(point.normal, other.position - point.position)) < tolerance
    }

    private static func firstSample(ofPixel pixel: (x: Int, y: Int), _ buffers: SurfaceBuffers, _ samples: Int) -> Int? {
        for sample in 0..<(samples * samples) {
            let index = (pixel.y * samples + sample / samples) * buffers.size.width + pixel.x * samples + sample % samples
            if buffers.faceIDs[index] >= 0 { return index }
        }
        return nil
    }

    /// Where the samples of a picture are in space.
    private struct Sight {
        let scene: RayScene
        let frame: CameraFrame

        @inline(__always)
        func point(_ buffers: SurfaceBuffers, _ index: Int) -> Point {
            let center = SIMD2<Float>(Float(index % buffers.size.width) + 0.5, Float(index / buffers.size.width) + 0.5)
            let view = frame.direction(through: center, size: buffers.size)
            let wound = scene.faceNormals[Int(buffers.faceIDs[index])]
            return Point(position: frame.eye + view * buffers.depth[index], normal: dot(wound, view) > 0 ? -wound : wound)
        }
    }
}

/// Cosine-distributed directions of the half sphere, shared out among the pixels of a tile.
private struct Lattice {
    private let rays: Int
    private let tile: Int
    /// In the plane and up: every direction of the tile.
    private let directions: [SIMD3<Float>]

    init(rays: Int, tile: Int) {
        (self.rays, self.tile) = (rays, tile)
        let count = rays * tile * tile
        directions = (0..<count).map { point in
            // Turns by the golden ratio.
            let angle = 2 * Float.pi * (Float(point) * 0.618034).truncatingRemainder(dividingBy: 1)
            let u = (Float(point) + 0.5) / Float(count)
            return [cos(angle) * u.squareRoot(), sin(angle) * u.squareRoot(), (1 - u).squareRoot()]
        }
    }

    /// The share of the rays that one place of the tile casts from a point and that meet nothing within `reach`.
    func openness(
        _ position: SIMD3<Float>, _ normal: SIMD3<Float>, place: (x: Int, y: Int), reach: Float, in scene: RayScene
    ) -> Float {
        // Starting a little off the surface keeps it from hiding itself.
        let origin = position + normal * (reach * 1e-3)
        let helper: SIMD3<Float> = abs(normal.x) < 0.7 ? [1, 0, 0] : [0, 1, 0]
        let tangent = cross(helper, normal).preciseUnitOrZero
        let other = cross(normal, tangent)
        let own = place.y * tile + place.x
        let hidden = withUnsafeTemporaryAllocation(of: Ray.self, capacity: rays) { cast in
            withUnsafeTemporaryAllocation(of: Bool.self, capacity: rays) { results in
                for i in 0..<rays {
                    let direction = directions[i * tile * tile + own]
                    let turned = tangent * direction.x + other * direction.y + normal * direction.z
                    cast.initializeElement(at: i, to: Ray(origin: origin, direction: turned, far: reach))
                }
                scene.occluded(UnsafeBufferPointer(cast), into: results)
                return results.count { $0 }
            }
        }
        return 1 - Float(hidden) / Float(rays)
    }
}
