import Basics
import Foundation

/// How open the surfaces that a camera sees are to light from all around, by casting rays.
struct OcclusionField {
    private let scene: RayScene
    private let options: Shading.AmbientOcclusion
    private let frame: CameraFrame
    private let reach: Float
    /// Samples across and down a pixel of the finished picture.
    private let samples: Int
    /// Rays of each sample.
    private let count: Int
    /// Cosine and sine of the angle of each ray of a pixel: turns by the golden ratio.
    private let turns: [SIMD2<Float>]

    init(scene: RayScene, options: Shading.AmbientOcclusion, frame: CameraFrame, samples: Int) {
        self.samples = samples
        count = min(max(options.rays, 1), 1024)
        turns = (0..<(count * samples * samples)).map { point in
            let angle = 2 * Float.pi * (Float(point) * 0.618034).truncatingRemainder(dividingBy: 1)
            return [cos(angle), sin(angle)]
        }
        self.scene = scene
        self.options = options
        self.frame = frame
        let diagonal = scene.bounds.upper - scene.bounds.lower
        reach = options.reach * dot(diagonal, diagonal).squareRoot()
    }

    /// 1 where all rays into the half space on the seen side escape, less by up to the strength where nearby surface stops them.
    ///
    /// The rays are cosine-distributed and depend on the pixel alone. Those of all samples of a pixel together are one Fibonacci lattice over
    /// the half sphere, shifted at random, so that a few for each sample make a smooth picture.
    func openness(_ buffers: SurfaceBuffers, _ index: Int, _ face: Int) -> Float {
        let (x, y) = (index % buffers.size.width, index / buffers.size.width)
        let center = SIMD2<Float>(Float(x) + 0.5, Float(y) + 0.5)
        let view = frame.direction(through: center, size: buffers.size)
        let wound = scene.faceNormals[face]
        let normal = dot(wound, view) > 0 ? -wound : wound
        // Starting a little off the surface keeps it from hiding itself.
        let origin = frame.eye + view * buffers.depth[index] + normal * (reach * 1e-3)
        let own = y % samples * samples + x % samples
        var generator = SeededGenerator(seed: 0, stream: UInt64(y / samples * buffers.size.width + x / samples))
        let shift = SIMD2(generator.uniform(), generator.uniform())
        let axes = Self.axes(normal, turned: shift.y)
        let hidden = withUnsafeTemporaryAllocation(of: Ray.self, capacity: count) { rays in
            withUnsafeTemporaryAllocation(of: Bool.self, capacity: count) { results in
                for i in 0..<count {
                    let point = i * samples * samples + own
                    let (turn, u) = (turns[point], (Float(point) + shift.x) / Float(turns.count))
                    let flat = axes.0 * turn.x + axes.1 * turn.y
                    let direction = flat * u.squareRoot() + normal * (1 - u).squareRoot()
                    (rays.baseAddress! + i).initialize(to: Ray(origin: origin, direction: direction, far: reach))
                }
                scene.occluded(UnsafeBufferPointer(rays), into: results)
                return results.count { $0 }
            }
        }
        return 1 - options.strength * Float(hidden) / Float(count)
    }

    /// Two unit vectors square to each other and to `normal`, turned about it by a share of a turn.
    @inline(__always)
    private static func axes(_ normal: SIMD3<Float>, turned share: Float) -> (SIMD3<Float>, SIMD3<Float>) {
        let helper: SIMD3<Float> = abs(normal.x) < 0.7 ? [1, 0, 0] : [0, 1, 0]
        let tangent = cross(helper, normal).unitOrZero
        let other = cross(normal, tangent)
        let (c, s) = (cos(2 * Float.pi * share), sin(2 * Float.pi * share))
        return (tangent * c + other * s, other * c - tangent * s)
    }
}
