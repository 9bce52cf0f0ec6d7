import Images
import Rendering

/// The published renderer's shading of an untextured mesh under a light that moves with the camera.
enum GreyShading {
    static func image(_ surfaces: SurfaceBuffers, isTwoSided: Bool) -> Image {
        var image = Image(width: surfaces.size.width, height: surfaces.size.height, fill: (255, 255, 255))
        for (i, face) in surfaces.faceIDs.enumerated() where face >= 0 {
            var normal = surfaces.normals[i]
            if isTwoSided, normal.z < 0 { normal = -normal }
            let shade = 0.28209479177 + 0.4886025119 * normal.sum()
            let code = UInt8(clamp((2.0 / 3 * shade * 255).rounded(), 0, 255))
            for channel in 0..<3 { image.pixels[3 * i + channel] = code }
        }
        return image
    }
}
