import BSBCEmbree

/// Which sides of a triangle a camera sees.
package enum Culling: Hashable, Sendable, Codable {
    /// Both: what is nearest is seen.
    case none
    /// The published renderer's rule: a triangle is drawn only if the z component of its camera-space normal is >= 0.
    ///
    /// The rule goes by the normal alone and not by the direction it is seen from, so at grazing angles and for inconsistently wound
    /// meshes it differs from what an eye would see.
    case kaolin
}

/// How barycentric weights vary over a triangle's picture.
package enum Interpolation: Hashable, Sendable, Codable {
    /// As the surface itself: the weights of the point that is seen.
    case perspectiveCorrect
    /// Linearly in the picture, as the published renderer does.
    case screenLinear
}

extension RayScene {
    /// What a camera sees through the centre of each pixel.
    ///
    /// - Parameters:
    ///   - camera: the eye; a camera that is not finite sees nothing.
    ///   - size: the picture's size in pixels; the field of view is vertical.
    ///   - culling: which sides of triangles are seen.
    ///   - interpolation: the kind of barycentric weights.
    /// - Complexity: O(width x height x log #F).
    package func surfaces(
        from camera: Camera, size: RasterSize, culling: Culling = .none, interpolation: Interpolation = .perspectiveCorrect
    ) -> SurfaceBuffers {
        var buffers = SurfaceBuffers(size: size)
        let frame = camera.frame
        guard frame.isFinite, size.width > 0, size.height > 0 else { return buffers }
        let tracer = TileTracer(scene: self, frame: frame, size: size, culling: culling, interpolation: interpolation)
        tracer.trace(into: &buffers)
        return buffers
    }
}

extension CameraFrame {
    var isFinite: Bool { (eye + x + y + z).sum().isFinite && halfHeight.isFinite && halfHeight > 0 }
}
