import BSBBackbones
import BSBBasics
import BSBRendering
import Foundation

/// A point of the surface as one pixel of a view shows it.
package struct SurfaceSample: Hashable, Sendable {
    /// The triangle.
    package var face: Int32
    /// Barycentric weights of the triangle's second and third corner; the first has the rest to 1.
    package var barycentrics: SIMD2<Float>
    /// Where it is seen, in the plane of the picture that the features were computed from, in pixels.
    package var point: SIMD2<Float>
    /// How much the squared error here counts, at least 0.
    package var weight: Float

    /// A point of a triangle, seen at `point`.
    package init(face: Int32, barycentrics: SIMD2<Float>, point: SIMD2<Float>, weight: Float = 1) {
        self.face = face
        self.barycentrics = barycentrics
        self.point = point
        self.weight = weight
    }
}

/// Which of a view's covered pixels are compared with the features.
package enum PixelSampling: Hashable, Sendable, Codable {
    /// The pixels nearest to the pixel centres of a smaller raster; 64 x 64 in the published code.
    case lattice(columns: Int, rows: Int)
    /// Every k-th covered pixel, row by row.
    case every(Int)

    /// Every covered pixel.
    package static let all = PixelSampling.every(1)
    /// The published 64 x 64 raster.
    package static let reference = PixelSampling.lattice(columns: 64, rows: 64)
}

/// One view of a mesh: which points of the surface it shows, and what a vision model says of the picture.
package struct ViewObservation: Sendable {
    /// The points of the surface that are compared with the features.
    package var samples: [SurfaceSample]
    /// The features of the picture.
    package var grid: FeatureGrid

    /// A view of the given points.
    package init(samples: [SurfaceSample], grid: FeatureGrid) {
        self.samples = samples
        self.grid = grid
    }

    /// A view of rendered surfaces.
    ///
    /// - Parameters:
    ///   - surfaces: what the camera sees; it may be rendered at another size than the picture.
    ///   - grid: the features of the picture taken with the same camera.
    ///   - picture: the size of that picture, that of `surfaces` unless given.
    ///   - sampling: which pixels are used.
    ///   - cosineFieldOfView: the camera's vertical angle of view in radians, if the weight of a sample shall be the cosine between the
    ///     surface's normal and the ray, so that grazing pixels count less; all weights are 1 without.
    /// - Throws: `Failure` if a sampling step or size is not positive.
    package init(
        surfaces: SurfaceBuffers, grid: FeatureGrid, picture: RasterSize? = nil, sampling: PixelSampling = .reference,
        cosineFieldOfView: Float? = nil
    ) throws {
        let size = surfaces.size
        let picture = picture ?? size
        let toPicture = SIMD2(Float(picture.width) / Float(size.width), Float(picture.height) / Float(size.height))
        let pixels = try sampling.pixels(of: surfaces)
        let samples = pixels.map { pixel in
            let center = SIMD2(Float(pixel % size.width) + 0.5, Float(pixel / size.width) + 0.5)
            let weight = cosineFieldOfView.map { surfaces.cosine(ofPixel: pixel, center: center, fieldOfView: $0) } ?? 1
            return SurfaceSample(
                face: surfaces.faceIDs[pixel], barycentrics: surfaces.barycentrics[pixel], point: center * toPicture, weight: weight)
        }
        self.init(samples: samples, grid: grid)
    }
}

extension PixelSampling {
    /// The covered pixels (row x width + column) that are used, ascending.
    func pixels(of surfaces: SurfaceBuffers) throws -> [Int] {
        switch self {
        case .every(let step):
            guard step > 0 else { throw Self.failure }
            let covered = surfaces.faceIDs.indices.filter { surfaces.faceIDs[$0] >= 0 }
            return stride(from: 0, to: covered.count, by: step).map { covered[$0] }
        case .lattice(let columns, let rows):
            guard columns > 0, rows > 0 else { throw Self.failure }
            let xs = Self.centres(count: columns, of: surfaces.size.width)
            let ys = Self.centres(count: rows, of: surfaces.size.height)
            return ys.flatMap { y in xs.map { y * surfaces.size.width + $0 } }.filter { surfaces.faceIDs[$0] >= 0 }
        }
    }

    /// The pixels among `length` that hold the centres of `count` equal intervals; each once if there are fewer pixels than intervals.
    private static func centres(count: Int, of length: Int) -> [Int] {
        guard count < length else { return Array(0..<length) }
        return (0..<count).map { (2 * $0 + 1) * length / (2 * count) }
    }

    private static var failure: Failure {
        Failure(.usage, "sampling a view", reason: "the number of samples must be positive")
    }
}

extension SurfaceBuffers {
    /// The cosine between the normal of the surface at a pixel and the ray through it, whichever way the triangle is wound.
    fileprivate func cosine(ofPixel pixel: Int, center: SIMD2<Float>, fieldOfView: Float) -> Float {
        let half = SIMD2(Float(size.width), Float(size.height)) / 2
        let focal = half.y / tan(fieldOfView / 2)
        let ray = SIMD3(center.x - half.x, half.y - center.y, -focal)
        let cosine = abs((ray * normals[pixel]).sum()) / (ray * ray).sum().squareRoot()
        return cosine.isFinite ? min(cosine, 1) : 0
    }
}
