import Foundation

/// A pinhole camera that looks from `eye` at `target`, with square pixels.
package struct Camera: Hashable, Sendable, Codable {
    /// Where the camera stands.
    package var eye: SIMD3<Float>
    /// What is seen at the picture's centre.
    package var target: SIMD3<Float>
    /// What points upwards in the picture; any direction not parallel to the view.
    package var up: SIMD3<Float>
    /// The full vertical angle of view in radians.
    package var verticalFieldOfView: Float

    /// A camera at `eye` that looks at `target`.
    package init(eye: SIMD3<Float>, target: SIMD3<Float> = .zero, up: SIMD3<Float> = [0, 1, 0], verticalFieldOfView: Float = .pi / 3) {
        self.eye = eye
        self.target = target
        self.up = up
        self.verticalFieldOfView = verticalFieldOfView
    }

    /// A camera on the sphere around the origin: (r cos e cos a, r sin e, r cos e sin a), azimuth 0 on the +x axis.
    ///
    /// - Parameters:
    ///   - azimuth: the angle around +y in radians.
    ///   - elevation: the angle above the x-z plane in radians.
    ///   - radius: the distance from the origin; the unit sphere just fills the default angle of view at 2.
    package init(azimuth: Float, elevation: Float, radius: Float = 2) {
        let (a, e) = (Double(azimuth), Double(elevation))
        let direction = SIMD3<Double>(cos(e) * cos(a), sin(e), cos(e) * sin(a))
        self.init(eye: SIMD3<Float>(direction * Double(radius)))
    }
}
