/// The axis of a mesh's file that points up in pictures for people; what models see does not depend on it.
package enum UpAxis: String, Sendable, Hashable, Codable, CaseIterable {
    /// y, as most formats for pictures and games have it.
    case y
    /// z, as CAD, maps and 3D printing have it.
    case z

    /// A direction of a world in which y is up, in the file's axes.
    package func direction(_ upright: SIMD3<Float>) -> SIMD3<Float> {
        self == .y ? upright : [upright.x, -upright.z, upright.y]
    }

    /// A direction in the file's axes as it is in a world in which y is up: the way back.
    package func upright(_ direction: SIMD3<Float>) -> SIMD3<Float> {
        self == .y ? direction : [direction.x, direction.z, -direction.y]
    }
}

extension Camera {
    /// The camera of a world in which y is up, turned with the world so that another axis is.
    package func turned(_ up: UpAxis) -> Camera {
        Camera(eye: up.direction(eye), target: up.direction(target), up: up.direction(self.up), verticalFieldOfView: verticalFieldOfView)
    }
}
