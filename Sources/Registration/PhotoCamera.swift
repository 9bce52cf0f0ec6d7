import BSBBasics
import BSBRendering
import Foundation

/// How a photo sees a shape in the unit ball: turned, scaled, moved, and with as much perspective as the eye is near.
///
/// The picture's axis goes through the origin of the ball, so that pictures that were cut out of larger ones are seen nearly right only.
package struct PhotoCamera: Sendable, Hashable {
    /// The unit direction from the origin to the eye.
    package var towards: SIMD3<Double>
    /// The unit direction that is to the right in the picture, at right angles to `towards`.
    package var right: SIMD3<Double>
    /// Pixels for a unit at the origin.
    package var scale: Double
    /// The pixel of the origin.
    package var offset: SIMD2<Double>
    /// One over the distance of the eye from the origin; 0 for no perspective, less than 1.
    package var nearness: Double

    /// The eye is never nearer than this allows.
    static let nearest = 0.6

    /// What is up in the picture.
    package var up: SIMD3<Double> { cross(towards, right) }

    /// The pixel of a position.
    package func project(_ position: SIMD3<Double>) -> SIMD2<Double> {
        let depth = max(1 - nearness * dot(position, towards), 0.05)
        return offset + SIMD2(dot(position, right), -dot(position, up)) * (scale / depth)
    }

    /// The unit direction from a position to the eye.
    package func direction(from position: SIMD3<Double>) -> SIMD3<Double> {
        nearness > 0 ? (towards / nearness - position).unit : towards
    }

    /// What lies along the line of sight through a place of the picture; the ball lies between its ends.
    package func ray(through place: SIMD2<Double>) -> Ray {
        let flat = (place - offset) / scale
        let foot = right * flat.x - up * flat.y
        guard nearness > 1e-6 else {
            return Ray(origin: SIMD3<Float>(foot + towards * 4), direction: SIMD3<Float>(-towards), near: 0, far: 8)
        }
        let eye = towards / nearness
        return Ray(origin: SIMD3<Float>(eye), direction: SIMD3<Float>((foot - eye).unit), near: 0, far: Float(1 / nearness + 4))
    }

    /// The angle in radians by which one camera is turned against another.
    func angle(to other: PhotoCamera) -> Double {
        let trace = dot(towards, other.towards) + dot(right, other.right) + dot(up, other.up)
        return acos(min(max((trace - 1) / 2, -1), 1))
    }
}

extension RayScene {
    /// What a camera shows at each node of a lattice.
    func nearestHits(from camera: PhotoCamera, at lattice: ObjectLattice) -> [RayHit?] {
        nearestHits((0..<lattice.count).map { camera.ray(through: lattice.place($0)) })
    }
}
