import BSBBasics
import BSBImages

/// A picture of a mesh and how much of each pixel the mesh covers.
package struct RenderedPicture: Sendable {
    /// The colours, over the background if there is one.
    package var image: Image
    /// height x width: the covered share of the pixel, 0...255.
    package var coverage: [UInt8]
}

/// Paints pictures of one mesh in one way.
package struct PictureRenderer: Sendable {
    /// The mesh that is painted.
    package let scene: RayScene
    /// How it is lit and coloured.
    package let shading: Shading
    /// The surface's own colours, in place of the shading's albedo.
    package let colors: SurfaceColors?
    private let cornerNormals: CornerNormals?

    /// A renderer of `scene`.
    ///
    /// - Complexity: O(#F) for smooth normals.
    package init(_ scene: RayScene, shading: Shading, colors: SurfaceColors? = nil) {
        self.scene = scene
        self.colors = colors
        self.shading = shading
        switch shading.normals {
        case .flat: cornerNormals = nil
        case .smooth(let creaseAngle):
            cornerNormals = scene.cornerNormals(creaseAngle: creaseAngle)
        }
    }

    /// What `camera` sees.
    ///
    /// - Parameter camera: where the picture is taken from.
    /// - Parameter size: the size of the picture in pixels.
    /// - Parameter vertexColors: #V colours in 0...1 that take the place of the albedo.
    /// - Throws: `Failure` where the size is not positive or the colours are not one for each vertex.
    /// - Complexity: as ``RayScene/surfaces(from:size:culling:interpolation:)``, at the supersampled size.
    package func picture(from camera: Camera, size: RasterSize, vertexColors: [SIMD3<Float>]? = nil) throws -> RenderedPicture {
        try check(size, vertexColors)
        let samples = max(shading.supersampling, 1)
        let fine = RasterSize(width: size.width * samples, height: size.height * samples)
        let buffers = scene.surfaces(from: camera, size: fine, culling: shading.culling, interpolation: shading.interpolation)
        return picture(buffers, from: camera, samples: samples, size: size, vertexColors: vertexColors)
    }

    /// What the surfaces that `camera` sees look like, one sample for each pixel whatever the shading's supersampling.
    ///
    /// - Throws: `Failure` where the size is not positive or the colours are not one for each vertex.
    package func picture(of buffers: SurfaceBuffers, from camera: Camera, vertexColors: [SIMD3<Float>]? = nil) throws -> RenderedPicture {
        try check(buffers.size, vertexColors)
        return picture(buffers, from: camera, samples: 1, size: buffers.size, vertexColors: vertexColors)
    }

    private func check(_ size: RasterSize, _ vertexColors: [SIMD3<Float>]?) throws {
        let largest = 1 << 15
        guard size.width > 0, size.height > 0, size.width <= largest, size.height <= largest, shading.supersampling <= 16 else {
            throw Failure(
                .usage, "painting a picture of the mesh", reason: "\(size.width) x \(size.height) pixels cannot be painted",
                hint: "give a width and height of 1 to \(largest) and at most 16 x 16 samples")
        }
        if let count = vertexColors?.count, count != scene.mesh.vertices.count {
            throw Failure(
                .usage, "painting a picture of the mesh", reason: "there are \(count) colours for \(scene.mesh.vertices.count) vertices")
        }
    }

    // MARK: Samples to pixels

    private func picture(
        _ buffers: SurfaceBuffers, from camera: Camera, samples: Int, size: RasterSize, vertexColors: [SIMD3<Float>]?
    ) -> RenderedPicture {
        let frame = camera.frame
        let light = shading.ambientOcclusion.map {
            OcclusionField(scene: scene, options: $0, frame: frame, buffers: buffers, samples: samples)
        }
        let empty = Self.levels(blend(.zero, covered: 0, of: 1))
        var image = Image(width: size.width, height: size.height, fill: Color(empty.x, empty.y, empty.z))
        var coverage = [UInt8](repeating: 0, count: size.width * size.height)
        let total = samples * samples
        image.pixels.withUnsafeMutableBufferPointer { pixels in
            for pixel in coverage.indices {
                let corner = (pixel / size.width) * samples * buffers.size.width + (pixel % size.width) * samples
                var (sum, covered) = (SIMD3<Float>.zero, 0)
                for sample in 0..<total {
                    let index = corner + sample / samples * buffers.size.width + sample % samples
                    guard buffers.faceIDs[index] >= 0 else { continue }
                    covered += 1
                    sum += color(buffers, index, frame, light, vertexColors)
                }
                guard covered > 0 else { continue }
                coverage[pixel] = UInt8((255 * covered + total / 2) / total)
                let levels = Self.levels(blend(sum, covered: covered, of: total))
                for channel in 0..<3 { pixels[3 * pixel + channel] = levels[channel] }
            }
        }
        return RenderedPicture(image: image, coverage: coverage)
    }

    /// A pixel's colour from the sum of its covered samples' colours.
    private func blend(_ sum: SIMD3<Float>, covered: Int, of total: Int) -> SIMD3<Float> {
        guard let background = shading.background else { return covered == 0 ? .zero : sum / Float(covered) }
        return (sum + background * Float(total - covered)) / Float(total)
    }

    /// A colour in 0...1 as 8-bit levels; what is not a number is 0.
    private static func levels(_ color: SIMD3<Float>) -> SIMD3<UInt8> {
        let numbers = color.replacing(with: 0, where: .!(color .== color))
        let levels = (numbers.clamped(lowerBound: .zero, upperBound: .one) * 255).rounded(.toNearestOrAwayFromZero)
        return SIMD3(UInt8(levels.x), UInt8(levels.y), UInt8(levels.z))
    }

    // MARK: One sample

    /// The colour in 0...1 of a covered sample.
    private func color(
        _ buffers: SurfaceBuffers, _ index: Int, _ frame: CameraFrame, _ light: OcclusionField?, _ vertexColors: [SIMD3<Float>]?
    ) -> SIMD3<Float> {
        let face = Int(buffers.faceIDs[index])
        let uv = buffers.barycentrics[index]
        let weights = SIMD3(1 - uv.x - uv.y, uv.x, uv.y)
        var albedo = shading.albedo
        if let vertexColors {
            let corners = scene.mesh.faces[face]
            albedo =
                vertexColors[Int(corners.x)] * weights.x + vertexColors[Int(corners.y)] * weights.y
                + vertexColors[Int(corners.z)] * weights.z
        } else if let colors {
            albedo = colors.color(face: face, weights: weights)
        }
        let normal = normal(buffers, index, face, weights, frame)
        guard shading.light != .normalColors else { return normal * 0.5 + 0.5 }
        var reflectance = shading.reflectance(normal)
        if let light { reflectance *= light.openness(buffers, index) }
        return (albedo * reflectance).clamped(lowerBound: .zero, upperBound: .one)
    }

    /// The unit normal in camera space that is lit.
    private func normal(
        _ buffers: SurfaceBuffers, _ index: Int, _ face: Int, _ weights: SIMD3<Float>, _ frame: CameraFrame
    ) -> SIMD3<Float> {
        let flat = buffers.normals[index]
        var normal = flat
        if let smooth = cornerNormals?.normal(face: face, weights: weights), dot(smooth, smooth) > 1e-6 {
            normal = frame.cameraDirection(smooth / dot(smooth, smooth).squareRoot())
        }
        guard shading.light != .sphericalHarmonics else { return normal }
        return dot(flat, toEye(index, buffers.size, frame)) < 0 ? -normal : normal
    }

    /// The direction in camera space from what a pixel shows towards the eye.
    private func toEye(_ index: Int, _ size: RasterSize, _ frame: CameraFrame) -> SIMD3<Float> {
        let center = SIMD2<Float>(Float(index % size.width) + 0.5, Float(index / size.width) + 0.5)
        return -frame.cameraDirection(frame.direction(through: center, size: size))
    }
}
