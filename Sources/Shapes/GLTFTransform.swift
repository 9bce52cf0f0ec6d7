import BSBBasics

/// An affine map, as the product of a glTF node's and its ancestors' transforms.
struct GLTFTransform: Hashable {
    private var x: SIMD3<Double>
    private var y: SIMD3<Double>
    private var z: SIMD3<Double>
    private var origin: SIMD3<Double>

    static let identity = GLTFTransform(x: SIMD3(1, 0, 0), y: SIMD3(0, 1, 0), z: SIMD3(0, 0, 1), origin: .zero)
    static let zero = GLTFTransform(x: .zero, y: .zero, z: .zero, origin: .zero)

    private init(x: SIMD3<Double>, y: SIMD3<Double>, z: SIMD3<Double>, origin: SIMD3<Double>) {
        (self.x, self.y, self.z, self.origin) = (x, y, z, origin)
    }

    /// The map of 16 numbers, column by column.
    init(columns m: [Double]) {
        self.init(x: SIMD3(m[0], m[1], m[2]), y: SIMD3(m[4], m[5], m[6]), z: SIMD3(m[8], m[9], m[10]), origin: SIMD3(m[12], m[13], m[14]))
    }

    /// The map that scales, then turns by the quaternion (x, y, z, w), then moves.
    init(translation t: [Double], rotation: [Double], scale s: [Double]) {
        let size = rotation.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let q = size > 0 ? rotation.map { $0 / size } : [0, 0, 0, 1]
        let (a, b, c, w) = (q[0], q[1], q[2], q[3])
        self.init(
            x: SIMD3(1 - 2 * (b * b + c * c), 2 * (a * b + c * w), 2 * (a * c - b * w)) * s[0],
            y: SIMD3(2 * (a * b - c * w), 1 - 2 * (a * a + c * c), 2 * (b * c + a * w)) * s[1],
            z: SIMD3(2 * (a * c + b * w), 2 * (b * c - a * w), 1 - 2 * (a * a + b * b)) * s[2],
            origin: SIMD3(t[0], t[1], t[2]))
    }

    /// The map of a node to its parent.
    ///
    /// Throws `Failure` for too few or too many numbers.
    init(_ node: GLTFDocument.Node, index: Int) throws {
        if let m = node.matrix {
            guard m.count == 16 else { throw Failure.mesh("node \(index) has a matrix of \(m.count) numbers") }
            self.init(columns: m)
            return
        }
        let (t, s, q) = (node.translation ?? [0, 0, 0], node.scale ?? [1, 1, 1], node.rotation ?? [0, 0, 0, 1])
        guard t.count == 3, s.count == 3, q.count == 4 else {
            throw Failure.mesh("node \(index) has a transform with too few or too many numbers")
        }
        self.init(translation: t, rotation: q, scale: s)
    }

    /// How much the map changes volumes; negative where it mirrors.
    var determinant: Double { dot(cross(x, y), z) }

    /// Whether the map mirrors, so that triangles must be turned to keep their outside out.
    var flipsWinding: Bool { determinant < 0 }

    /// The map that does `inner` first.
    func after(_ inner: GLTFTransform) -> GLTFTransform {
        GLTFTransform(x: linear(inner.x), y: linear(inner.y), z: linear(inner.z), origin: linear(inner.origin) + origin)
    }

    func apply(_ position: SIMD3<Double>) -> SIMD3<Double> { linear(position) + origin }

    /// The way back; nil for a map that flattens.
    var inverse: GLTFTransform? {
        let size = determinant
        guard size != 0, size.isFinite, (1 / size).isFinite else { return nil }
        let (a, b, c) = (cross(y, z) / size, cross(z, x) / size, cross(x, y) / size)
        let back = GLTFTransform(x: SIMD3(a.x, b.x, c.x), y: SIMD3(a.y, b.y, c.y), z: SIMD3(a.z, b.z, c.z), origin: .zero)
        return GLTFTransform(x: back.x, y: back.y, z: back.z, origin: -back.linear(origin))
    }

    /// The 16 numbers, column by column.
    var columns: [Double] { [x.x, x.y, x.z, 0, y.x, y.y, y.z, 0, z.x, z.y, z.z, 0, origin.x, origin.y, origin.z, 1] }

    /// Adds a share of another map, as in blending.
    mutating func add(_ other: GLTFTransform, times weight: Double) {
        x += other.x * weight
        y += other.y * weight
        z += other.z * weight
        origin += other.origin * weight
    }

    private func linear(_ p: SIMD3<Double>) -> SIMD3<Double> { x * p.x + y * p.y + z * p.z }
}
