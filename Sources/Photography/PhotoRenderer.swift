import BSBBasics
import BSBImages
import BSBRendering

/// A photo-like picture that knows what it shows.
package struct Photograph: Sendable {
    /// The picture.
    package let image: Image
    /// The subject's face under each pixel's centre, -1 where something else is seen.
    package let surfaces: SurfaceBuffers
    /// Where it was taken from.
    package let camera: Camera
}

/// Makes photo-like pictures of meshes.
package struct PhotoRenderer: Sendable {
    /// How pixels are sampled.
    package enum Sampling: Hashable, Sendable {
        /// One sample each, and four more at outlines and edges: quick.
        case adaptive
        /// n x n samples each: soft shadows come out smooth.
        case grid(Int)
    }

    /// The size of pictures in pixels.
    package var size: RasterSize
    /// How pixels are sampled.
    package var sampling: Sampling
    /// How light becomes a picture.
    package var development: Development
    /// The threads that work on one picture.
    package var parallelism: Parallelism

    /// A renderer of pictures of one size.
    package init(
        size: RasterSize, sampling: Sampling = .grid(2), development: Development = Development(),
        parallelism: Parallelism = Parallelism(threads: 1)
    ) {
        self.size = size
        self.sampling = sampling
        self.development = development
        self.parallelism = parallelism
    }

    /// Photographs a scene.
    ///
    /// The same seed gives the same picture on any number of threads.
    ///
    /// - Throws: a `Failure` of kind `.usage` where the size is not 1 to 16,384 on each side.
    /// - Complexity: O(width x height x samples x lights x log #F).
    package func photograph(_ scene: PhotoScene, from camera: Camera, seed: UInt64 = 0) throws -> Photograph {
        guard (1...16_384).contains(size.width), (1...16_384).contains(size.height) else {
            throw Failure(.usage, "rendering a photo", reason: "a picture of \(size.width) x \(size.height) pixels cannot be made")
        }
        let work = PhotoWork(scene, camera, size, seed)
        let band = max(1, 16_384 / size.width)
        let bands = parallelism.map((size.height + band - 1) / band) { index in
            work.band(rows: index * band..<min(size.height, (index + 1) * band), sampling: sampling)
        }
        var light = LinearImage(width: size.width, height: size.height, pixels: bands.flatMap(\.colors))
        if sampling == .adaptive { work.refine(&light, bands.flatMap(\.points)) }
        var generator = SeededGenerator(seed: seed, stream: 0x00DE_7E10)
        return Photograph(
            image: development.develop(light, using: &generator),
            surfaces: work.tracer.surfaces(bands.flatMap(\.points), frame: work.frame, size: size), camera: camera)
    }
}

extension PhotoScene {
    /// The subject's face at the centre of each pixel of a picture of any size, hidden by what stands before it.
    package func surfaces(from camera: Camera, size: RasterSize) -> SurfaceBuffers {
        let (frame, tracer) = (camera.frame, SceneTracer(self))
        let rays = (0..<size.width * size.height).map { i in
            let position = SIMD2<Float>(Float(i % size.width) + 0.5, Float(i / size.width) + 0.5)
            return Ray(origin: frame.eye, direction: frame.direction(through: position, size: size), near: 0.01)
        }
        return tracer.surfaces(tracer.trace(rays), frame: frame, size: size)
    }
}

/// The rendering of one picture.
private struct PhotoWork: Sendable {
    let frame: CameraFrame
    let size: RasterSize
    let tracer: SceneTracer
    let shader: SceneShader
    let backdrop: LinearImage

    init(_ scene: PhotoScene, _ camera: Camera, _ size: RasterSize, _ seed: UInt64) {
        frame = camera.frame
        self.size = size
        tracer = SceneTracer(scene)
        shader = SceneShader(scene, tracer: tracer, seed: seed)
        backdrop = scene.backdrop.rendered(size: size)
    }

    struct Band: Sendable {
        /// What is under the pixels' centres.
        var points: [SurfacePoint]
        var colors: [SIMD3<Float>]
    }

    func band(rows: Range<Int>, sampling: PhotoRenderer.Sampling) -> Band {
        let corners = rows.flatMap { y in (0..<size.width).map { SIMD2<Float>(Float($0), Float(y)) } }
        let centers = corners.map { $0 + 0.5 }
        let points = trace(centers)
        let stream = UInt64(rows.lowerBound) << 16
        guard case .grid(let side) = sampling else { return Band(points: points, colors: color(points, at: centers, stream: stream)) }
        let count = min(16, max(1, side))
        var sum = [SIMD3<Float>](repeating: .zero, count: corners.count)
        for sample in 0..<count * count {
            let offset = (SIMD2<Float>(Float(sample % count), Float(sample / count)) + 0.5) / Float(count)
            let positions = corners.map { $0 + offset }
            let colors = color(trace(positions), at: positions, stream: stream + UInt64(sample) + 1)
            for i in sum.indices { sum[i] += colors[i] }
        }
        return Band(points: points, colors: sum.map { $0 / Float(count * count) })
    }

    /// Samples pixels at outlines, creases and edges of colour four times more.
    func refine(_ light: inout LinearImage, _ points: [SurfacePoint]) {
        let pixels = edges(points, light.pixels)
        let offsets: [SIMD2<Float>] = [[0.375, 0.125], [0.875, 0.375], [0.125, 0.625], [0.625, 0.875]]
        let positions = pixels.flatMap { pixel in
            offsets.map { SIMD2<Float>(Float(pixel % size.width), Float(pixel / size.width)) + $0 }
        }
        let colors = color(trace(positions), at: positions, stream: 1 << 40)
        for (i, pixel) in pixels.enumerated() {
            light.pixels[pixel] = (colors[4 * i] + colors[4 * i + 1] + colors[4 * i + 2] + colors[4 * i + 3]) / 4
        }
    }

    /// The pixels that differ from their right or lower neighbour, and those neighbours.
    private func edges(_ points: [SurfacePoint], _ colors: [SIMD3<Float>]) -> [Int] {
        var marked = [Bool](repeating: false, count: points.count)
        func compare(_ i: Int, _ j: Int) {
            let (a, b) = (points[i], points[j])
            let differ: Bool
            if a.object != b.object {
                differ = true
            } else if a.object < 0 {
                differ = false
            } else {
                differ =
                    dot(a.normal, b.normal) < 0.75 || abs(a.distance - b.distance) > 0.04 * a.distance
                    || abs(colors[i].luminance - colors[j].luminance) > 0.3 * (colors[i].luminance + colors[j].luminance) + 0.02
            }
            if differ { (marked[i], marked[j]) = (true, true) }
        }
        for y in 0..<size.height {
            for x in 0..<size.width {
                let i = y * size.width + x
                if x + 1 < size.width { compare(i, i + 1) }
                if y + 1 < size.height { compare(i, i + size.width) }
            }
        }
        return marked.indices.filter { marked[$0] }
    }

    private func trace(_ positions: [SIMD2<Float>]) -> [SurfacePoint] {
        tracer.trace(positions.map { Ray(origin: frame.eye, direction: frame.direction(through: $0, size: size), near: 0.01) })
    }

    private func color(_ points: [SurfacePoint], at positions: [SIMD2<Float>], stream: UInt64) -> [SIMD3<Float>] {
        shader.shade(points, backdrops: positions.map { backdrop.bilinear($0.x, $0.y) }, stream: stream)
    }
}

extension SceneTracer {
    /// The buffers of a picture's pixels; whatever is not the subject counts as uncovered.
    fileprivate func surfaces(_ points: [SurfacePoint], frame: CameraFrame, size: RasterSize) -> SurfaceBuffers {
        var buffers = SurfaceBuffers(size: size)
        for (i, point) in points.enumerated() where point.object == 0 {
            buffers.faceIDs[i] = Int32(point.face)
            buffers.barycentrics[i] = point.barycentrics
            buffers.depth[i] = point.distance
            let normal = objects[0].rotation.apply(objects[0].subject.scene.faceNormals[point.face])
            buffers.normals[i] = frame.cameraDirection(normal)
        }
        return buffers
    }
}
