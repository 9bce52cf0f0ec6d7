/// The faces of a file before they were cut into triangles.
struct FilePolygons: Hashable, Sendable {
    /// The vertices of all faces, one after the other.
    var corners: [UInt32]
    /// #fileFaces: where each face's corners end.
    var ends: [Int]
    /// Empty, or for each corner where in a picture it lies.
    var coordinates: [SIMD2<Float>]
}
