import Basics
import Foundation

/// An affine map, as the product of a glTF node's and its ancestors' transforms.
struct GLTFTransform: Hashable {
    private var x: SIMD3<Double>
    private var y: SIMD3<Double>
    private var z: SIMD3<Double>
    private var origin: SIMD3<Double>

    static let identity = GLTFTransform(x: SIMD3(1, 0, 0), y: SIMD3(0, 1, 0), z: SIMD3(0, 0, 1), origin: .zero)

    /// Whether the map mirrors, so that triangles must be turned to keep their outside out.
    var flipsWinding: Bool { dot(cross(x, y), z) < 0 }

    /// The map of a child node whose parent has this one.
    func followed(by node: GLTFDocument.Node, index: Int) throws -> GLTFTransform {
        let local = try GLTFTransform(node, index: index)
        return GLTFTransform(x: linear(local.x), y: linear(local.y), z: linear(local.z), origin: linear(local.origin) + origin)
    }

    func apply(_ position: SIMD3<Float>) -> SIMD3<Float> {
        SIMD3<Float>(linear(SIMD3<Double>(position)) + origin)
    }

    private func linear(_ p: SIMD3<Double>) -> SIMD3<Double> { x * p.x + y * p.y + z * p.z }

    private init(x: SIMD3<Double>, y: SIMD3<Double>, z: SIMD3<Double>, origin: SIMD3<Double>) {
        (self.x, self.y, self.z, self.origin) = (x, y, z, origin)
    }

    private init(_ node: GLTFDocument.Node, index: Int) throws {
        if let m = node.matrix {
            guard m.count == 16 else { throw Failure.mesh("node \(index) has a matrix of \(m.count) numbers") }
            self.init(
                x: SIMD3(m[0], m[1], m[2]), y: SIMD3(m[4], m[5], m[6]), z: SIMD3(m[8], m[9], m[10]), origin: SIMD3(m[12], m[13], m[14]))
            return
        }
        let t = node.translation ?? [0, 0, 0]
        let s = node.scale ?? [1, 1, 1]
        var q = node.rotation ?? [0, 0, 0, 1]
        guard t.count == 3, s.count == 3, q.count == 4 else {
            throw Failure.mesh("node \(index) has a transform with too few or too many numbers")
        }
        let size = q.reduce(0) { $0 + $1 * $1 }.squareRoot()
        q = size > 0 ? q.map { $0 / size } : [0, 0, 0, 1]
        let (a, b, c, w) = (q[0], q[1], q[2], q[3])
        self.init(
            x: SIMD3(1 - 2 * (b * b + c * c), 2 * (a * b + c * w), 2 * (a * c - b * w)) * s[0],
            y: SIMD3(2 * (a * b - c * w), 1 - 2 * (a * a + c * c), 2 * (b * c + a * w)) * s[1],
            z: SIMD3(2 * (a * c + b * w), 2 * (b * c - a * w), 1 - 2 * (a * a + b * b)) * s[2],
            origin: SIMD3(t[0], t[1], t[2]))
    }
}

/// The transfer function between linear light and sRGB (IEC 61966-2-1).
enum SRGB {
    static func encode(_ linear: SIMD3<Float>) -> SIMD3<Float> {
        map(linear) { $0 <= 0.0031308 ? 12.92 * $0 : 1.055 * pow($0, 1 / 2.4) - 0.055 }
    }

    static func decode(_ encoded: SIMD3<Float>) -> SIMD3<Float> {
        map(encoded) { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
    }

    private static func map(_ color: SIMD3<Float>, _ function: (Float) -> Float) -> SIMD3<Float> {
        SIMD3(channel(color.x, function), channel(color.y, function), channel(color.z, function))
    }

    private static func channel(_ value: Float, _ function: (Float) -> Float) -> Float {
        value.isNaN ? 0 : function(min(1, max(0, value)))
    }
}
