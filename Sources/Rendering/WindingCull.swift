import BSBBasics
import BSBCEmbree

/// Embree's per-query context, extended by what the filter needs to leave out triangles wound away from a camera.
struct WindingCull {
    /// Must come first: Embree hands the filter a pointer to this field, and the filter takes it for a pointer to the whole.
    private var context: RTCIntersectContext
    private let normals: UnsafePointer<SIMD3<Float>>
    private let axis: SIMD3<Float>

    /// Keeps the triangles whose normal has a component >= 0 along `axis`.
    ///
    /// `normals` (#F) must outlive every use of the value.
    init(context: RTCIntersectContext, normals: UnsafePointer<SIMD3<Float>>, axis: SIMD3<Float>) {
        self.context = context
        self.normals = normals
        self.axis = axis
        self.context.filter = { WindingCull.filter($0) }
    }

    /// Lends the context to an Embree query.
    mutating func withContext(_ body: (UnsafeMutablePointer<RTCIntersectContext>) -> Void) {
        assert(MemoryLayout<Self>.offset(of: \.context) == 0, "the context comes first")
        withUnsafeMutableBytes(of: &self) { body($0.baseAddress!.assumingMemoryBound(to: RTCIntersectContext.self)) }
    }

    /// Marks those of the N candidate hits as not valid that are on culled triangles.
    private static func filter(_ arguments: UnsafePointer<RTCFilterFunctionNArguments>?) {
        guard let arguments = arguments?.pointee, let valid = arguments.valid else { return }
        let cull = UnsafeRawPointer(arguments.context!).assumingMemoryBound(to: Self.self)
        let count = Int(arguments.N)
        // A packet's hits are runs of N numbers: the normal's x, y, z, then u, v and the triangle's index.
        let faces = UnsafeRawPointer(arguments.hit!).assumingMemoryBound(to: UInt32.self) + 5 * count
        let (normals, axis) = (cull.pointee.normals, cull.pointee.axis)
        for i in 0..<count where valid[i] != 0 && dot(normals[Int(faces[i])], axis) < 0 { valid[i] = 0 }
    }
}
