/// The faces of a file as it has them: before they were cut into triangles, with its own numbers for places and normals.
struct FilePolygons: Hashable, Sendable {
    /// The vertices of all faces, one after the other.
    var corners: [UInt32]
    /// #fileFaces: where each face's corners end.
    var ends: [Int]
    /// Empty, or for each corner where in a picture it lies, v pointing upwards; NaN for nowhere.
    var places: [SIMD2<Float>]
    /// The normals that the file lists.
    var normals: [SIMD3<Float>] = []
    /// Empty, or for each corner its normal; -1 for none.
    var normalOfCorner: [Int32] = []
}
