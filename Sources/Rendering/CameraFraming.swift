import Foundation

extension Camera {
    /// The nearest camera that looks along a direction and has all the given points in its picture.
    ///
    /// In the camera's axes a point (x, y, z) is inside the frustum of an eye at e exactly if `±(x - e.x) <= t (e.z - z)`, with t the tangent
    /// of half the angle of view, and likewise for y. So the largest `±x + t z` over the points give the eye in closed form.
    ///
    /// - Parameters:
    ///   - points: what must be seen; without any, the camera is at distance 2 from the origin.
    ///   - direction: from the points towards the eye.
    ///   - up: the direction that is up in the picture.
    ///   - size: the picture's size in pixels.
    ///   - verticalFieldOfView: in radians.
    ///   - fill: the share of the picture that the points may take, 0...1.
    /// - Complexity: O(points).
    package static func framing(
        _ points: [SIMD3<Float>], from direction: SIMD3<Float>, up: SIMD3<Float> = [0, 1, 0], size: RasterSize,
        verticalFieldOfView: Float = 0.6, fill: Float = 0.94
    ) -> Camera {
        var camera = Camera(eye: direction, up: up, verticalFieldOfView: verticalFieldOfView)
        let frame = camera.frame
        camera.eye = frame.z * 2
        guard !points.isEmpty, size.width > 0, size.height > 0 else { return camera }
        let vertical = Float(tan(Double(verticalFieldOfView) / 2)) * fill
        let horizontal = vertical * Float(size.width) / Float(size.height)
        // The largest x + t z, -x + t z, y + t z and -y + t z.
        var reach = SIMD4<Float>(repeating: -.infinity)
        var nearest = -Float.infinity
        for point in points {
            let p = SIMD3((point * frame.x).sum(), (point * frame.y).sum(), (point * frame.z).sum())
            let (h, v) = (horizontal * p.z, vertical * p.z)
            reach = pointwiseMax(reach, SIMD4(p.x + h, -p.x + h, p.y + v, -p.y + v))
            nearest = max(nearest, p.z)
        }
        let distance = max((reach[0] + reach[1]) / (2 * horizontal), (reach[2] + reach[3]) / (2 * vertical), nearest + 1e-3)
        let center = frame.x * ((reach[0] - reach[1]) / 2) + frame.y * ((reach[2] - reach[3]) / 2)
        camera.eye = center + frame.z * distance
        camera.target = center + frame.z * (distance - 1)
        return camera
    }
}
