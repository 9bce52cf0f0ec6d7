import BSBBasics
import Foundation

/// A sequence of cameras around the origin; camera k is a pure function of the distribution, the seed and k.
///
/// So a job that is resumed, or split among threads, sees the same views.
package struct ViewSampler: Hashable, Sendable, Codable {
    /// Where the cameras stand.
    package enum Distribution: Hashable, Sendable, Codable {
        /// Uniformly on the sphere.
        case uniformSphere
        /// The published views for feature fields: elevation ~ N(0, (pi/4)^2) and azimuth ~ N(0, (pi/2)^2), so mostly from +x.
        case reference
        /// The published views for click training: elevation uniform in [-90, 90] degrees, azimuth uniform, so denser at the poles.
        case decoderReference
        /// Every azimuth at every elevation, in radians: camera k has elevation k / #azimuths and azimuth k modulo #azimuths, and the
        /// sequence starts again after the last.
        case grid(azimuths: [Float], elevations: [Float])
        /// `count` evenly spread views, turned as a whole by a random rotation: the best use of few views. Later ones repeat.
        case fibonacci(count: Int)

        /// The published overview: azimuth 0 to 300 in steps of 60 degrees, elevation -60 to 60 in steps of 30 degrees.
        package static let overview = Distribution.grid(
            azimuths: (0..<6).map { Float($0) * .pi / 3 }, elevations: (-2...2).map { Float($0) * .pi / 6 })
    }

    /// Where the cameras stand.
    package var distribution: Distribution
    /// What the views depend on where they are random.
    package var seed: UInt64
    /// The distance from the origin.
    package var radius: Float

    /// Views that look at the origin from a distance of `radius`.
    package init(_ distribution: Distribution = .uniformSphere, seed: UInt64 = 0, radius: Float = 2) {
        self.distribution = distribution
        self.seed = seed
        self.radius = radius
    }

    /// Camera `k` >= 0 of the sequence.
    package func camera(_ k: Int) -> Camera {
        var generator = SeededGenerator(seed: seed, stream: UInt64(bitPattern: Int64(k)))
        switch distribution {
        case .uniformSphere:
            let elevation = Float(asin(Double(generator.uniform(-1, 1))))
            return camera(azimuth: generator.uniform(0, 2 * .pi), elevation: elevation)
        case .reference:
            let (a, b) = Self.normalPair(&generator)
            return camera(azimuth: b * .pi / 2, elevation: a * .pi / 4)
        case .decoderReference:
            let elevation = generator.uniform(-.pi / 2, .pi / 2)
            return camera(azimuth: generator.uniform(0, 2 * .pi), elevation: elevation)
        case .grid(let azimuths, let elevations):
            guard !azimuths.isEmpty, !elevations.isEmpty else { return camera(azimuth: 0, elevation: 0) }
            let index = Self.wrapped(k, azimuths.count * elevations.count)
            return camera(azimuth: azimuths[index % azimuths.count], elevation: elevations[index / azimuths.count])
        case .fibonacci(let count):
            var rotation = SeededGenerator(seed: seed, stream: 0)
            let direction = Self.rotate(Self.fibonacciPoint(k, of: max(count, 1)), by: Self.randomRotation(&rotation))
            return Camera(eye: SIMD3<Float>(direction * Double(radius)))
        }
    }

    private func camera(azimuth: Float, elevation: Float) -> Camera {
        Camera(azimuth: azimuth, elevation: elevation, radius: radius)
    }

    /// Two independent standard normal numbers (Box and Muller 1958).
    private static func normalPair(_ generator: inout SeededGenerator) -> (Float, Float) {
        let radius = (-2 * log(1 - Double(generator.uniform()))).squareRoot()
        let angle = 2 * Double.pi * Double(generator.uniform())
        return (Float(radius * cos(angle)), Float(radius * sin(angle)))
    }

    /// Point `k` of `count` evenly spread ones: equal steps in height, golden-angle steps around.
    private static func fibonacciPoint(_ k: Int, of count: Int) -> SIMD3<Double> {
        let index = Double(wrapped(k, count))
        let y = 1 - (2 * index + 1) / Double(count)
        let ring = (1 - y * y).squareRoot()
        let angle = index * .pi * (3 - 5.0.squareRoot())
        return [ring * cos(angle), y, ring * sin(angle)]
    }

    /// `k` modulo `count`, at least 0.
    private static func wrapped(_ k: Int, _ count: Int) -> Int { ((k % count) + count) % count }

    /// A unit quaternion (x, y, z, w) uniform among all rotations (Shoemake 1992).
    private static func randomRotation(_ generator: inout SeededGenerator) -> SIMD4<Double> {
        let (u, a, b) = (Double(generator.uniform()), Double(generator.uniform()) * 2 * .pi, Double(generator.uniform()) * 2 * .pi)
        let (s, c) = ((1 - u).squareRoot(), u.squareRoot())
        return [s * sin(a), s * cos(a), c * sin(b), c * cos(b)]
    }

    private static func rotate(_ v: SIMD3<Double>, by q: SIMD4<Double>) -> SIMD3<Double> {
        let axis = SIMD3(q.x, q.y, q.z)
        let t = 2 * cross(axis, v)
        return v + q.w * t + cross(axis, t)
    }
}
