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

    init(scene: RayScene, options: Shading.AmbientOcclusion, frame: CameraFrame, samples: Int) {
        self.samples = samples
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
        let count = min(max(options.rays, 1), 1024)
        let (x, y) = (index % buffers.size.width, index / buffers.size.width)
        let center = SIMD2<Float>(Float(x) + 0.5, Float(y) + 0.5)
        let view = frame.direction(through: center, size: buffers.size)
        let wound = scene.faceNormals[face]
        let normal = dot(wound, view) > 0 ? -wound : wound
        // Starting a little off the surface keeps it from hiding itself.
        let origin = frame.eye + view * buffers.depth[index] + normal * (reach * 1e-3)
        let (all, own) = (count * samples * samples, y % samples * samples + x % samples)
        var generator = SeededGenerator(seed: 0, stream: UInt64(y / samples * buffers.size.width + x / samples))
        let shift = SIMD2(generator.uniform(), generator.uniform())
        let hidden = withUnsafeTemporaryAllocation(of: Ray.self, capacity: count) { rays in
            withUnsafeTemporaryAllocation(of: Bool.self, capacity: count) { results in
                let helper = abs(normal.x) < 0.7 ? SIMD3<Float>(1, 0, 0) : SIMD3<Float>(0, 1, 0)
                let tangent = cross(helper, normal).unitOrZero
                let frame = (tangent, cross(normal, tangent), normal)
                for i in 0..<count {
                    let point = Float(i * samples * samples + own)
                    let direction = Self.direction(in: frame, (point + shift.x) / Float(all), point * 0.618034 + shift.y)
                    (rays.baseAddress! + i).initialize(to: Ray(origin: origin, direction: direction, far: reach))
                }
                scene.occluded(UnsafeBufferPointer(rays), into: results)
                return results.count { $0 }
            }
        }
        return 1 - options.strength * Float(hidden) / Float(count)
    }

    /// A unit direction around the last axis of `frame` at the share `u` of the cosine-weighted half sphere and `turn` turns around.
    @inline(__always)
    private static func direction(in frame: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>), _ u: Float, _ turn: Float) -> SIMD3<Float> {
        let (radius, angle) = (u.squareRoot(), 2 * Float.pi * turn)
        return frame.0 * (radius * cos(angle)) + frame.1 * (radius * sin(angle)) + frame.2 * (1 - u).squareRoot()
    }
}
