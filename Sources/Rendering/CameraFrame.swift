import BSBBasics
import Foundation

/// Where a camera stands and how it is turned: its axes in world space, and the scale of its image plane.
///
/// Camera space has x to the right, y up and z towards the eye, so the camera looks along -z. With z = normalise(eye - target),
/// x = normalise(up x z), y = z x x this is the view matrix of the published renderer.
package struct CameraFrame: Hashable, Sendable {
    /// Where the camera stands.
    package let eye: SIMD3<Float>
    /// The unit axis to the right in world space, first row of the view matrix.
    package let x: SIMD3<Float>
    /// The unit axis upwards in world space, second row of the view matrix.
    package let y: SIMD3<Float>
    /// The unit axis towards the eye in world space, third row of the view matrix.
    package let z: SIMD3<Float>
    /// Half the height of the image plane at depth 1: the tangent of half the vertical angle of view.
    package let halfHeight: Float

    /// A world position in camera space.
    package func cameraPosition(_ point: SIMD3<Float>) -> SIMD3<Float> { cameraDirection(point - eye) }

    /// A world direction in camera space.
    package func cameraDirection(_ direction: SIMD3<Float>) -> SIMD3<Float> {
        [(direction * x).sum(), (direction * y).sum(), (direction * z).sum()]
    }

    /// Where a world position appears: continuous pixel coordinates (pixel i spans [i, i + 1), its centre is at i + 0.5; row 0 on top)
    /// and the depth along the viewing direction; nil for what is not in front of the eye or not finite.
    ///
    /// The position may lie outside the picture. With x_ndc in [-1, 1] the pixel coordinate is (x_ndc + 1) / 2 x width, so that pixel
    /// i's centre has x_ndc = (2 i + 1 - width) / width.
    package func project(_ point: SIMD3<Float>, size: RasterSize) -> (position: SIMD2<Float>, depth: Float)? {
        let p = cameraPosition(point)
        let depth = -p.z
        guard depth > 0, depth.isFinite else { return nil }
        let pixelsPerUnit = Float(size.height) / (2 * halfHeight * depth)
        let position = SIMD2<Float>(
            Float(size.width) / 2 + p.x * pixelsPerUnit,
            Float(size.height) / 2 - p.y * pixelsPerUnit)
        guard position.x.isFinite, position.y.isFinite else { return nil }
        return (position, depth)
    }

    /// The world direction from the eye through a position in continuous pixel coordinates, of length 1 along the viewing direction:
    /// eye + depth x direction is what is seen there at that depth.
    package func direction(through position: SIMD2<Float>, size: RasterSize) -> SIMD3<Float> {
        let unitsPerPixel = 2 * halfHeight / Float(size.height)
        let right = (position.x - Float(size.width) / 2) * unitsPerPixel
        let above = (Float(size.height) / 2 - position.y) * unitsPerPixel
        return x * right + y * above - z
    }

    /// The world position seen at a continuous pixel position at a depth; inverse of ``project(_:size:)``.
    package func unproject(_ position: SIMD2<Float>, depth: Float, size: RasterSize) -> SIMD3<Float> {
        eye + direction(through: position, size: size) * depth
    }
}

extension Camera {
    /// The camera's position and axes.
    ///
    /// Where the viewing direction is parallel to `up` (over the poles) or not defined, an axis that is not parallel takes its place, so
    /// every camera has a frame.
    package var frame: CameraFrame {
        let z = (eye.double - target.double).normalized() ?? [0, 0, 1]
        let x =
            (up.double.normalized().flatMap { cross($0, z).normalized(above: 1e-6) }) ?? cross(Self.substituteUp(for: z), z).normalized()!
        let y = cross(z, x)
        return CameraFrame(
            eye: eye, x: SIMD3<Float>(x), y: SIMD3<Float>(y), z: SIMD3<Float>(z),
            halfHeight: Float(tan(Double(verticalFieldOfView) / 2)))
    }

    /// Where a world position appears, see ``CameraFrame/project(_:size:)``; take ``frame`` once to project many.
    package func project(_ point: SIMD3<Float>, size: RasterSize) -> (position: SIMD2<Float>, depth: Float)? {
        frame.project(point, size: size)
    }

    /// The ray from the eye through a position in continuous pixel coordinates; a hit's distance is its depth.
    package func ray(through position: SIMD2<Float>, size: RasterSize) -> Ray {
        let frame = frame
        return Ray(origin: frame.eye, direction: frame.direction(through: position, size: size))
    }

    /// The coordinate axis that is farthest from `z`, preferring +x and then +z to the default +y.
    private static func substituteUp(for z: SIMD3<Double>) -> SIMD3<Double> {
        abs(z.x) < 0.9 ? [1, 0, 0] : [0, 0, 1]
    }
}
