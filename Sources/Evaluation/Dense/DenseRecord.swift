/// Ways to find a point of a mesh for each pixel.
package enum DenseMethod: String, Sendable, Hashable, Codable, CaseIterable {
    /// The view of the object, warped, and settled by what pixels look like: the default.
    case dense
    /// The view of the object, warped.
    case warped
    /// The view of the object as it is.
    case view
    /// The vertex most similar to the pixel.
    case nearest
    /// Regions, each matched as a whole (`bsb map`): only parts.
    case regions

    /// The name in tables.
    package var title: String {
        switch self {
        case .dense: "Warped view, settled (the default)"
        case .warped: "Warped view"
        case .view: "View alone"
        case .nearest: "Most similar vertex, pixel by pixel"
        case .regions: "Part of the region (`bsb map`)"
        }
    }
}

/// How far a method's points are from the right ones in one photo.
package struct DenseScore: Sendable, Hashable, Codable {
    /// The mean distance to the true point, as a share of the mesh's diameter; absent where the true point is not known.
    package var error: Double?
    /// The share of pixels whose point is within a tenth of the diameter.
    package var within: Double?
    /// The share of pixels that are farther away, but whose mirror image is not; absent for meshes that are not symmetric.
    package var swapped: Double?
    /// The share of pixels whose point is on the right part.
    package var part: Double?
    /// The median and the 90th percentile of the distance from where the photo shows a vertex to where the method has it, as shares of
    /// the diagonal of the object's box.
    package var placeMedian: Double?
    /// The 90th percentile of the same.
    package var placeHigh: Double?
}

/// What one photo gave: one line of `samples.jsonl`.
package struct DenseRecord: Sendable, Hashable, Codable, PhotoRecord {
    /// The number of the photo.
    package var sample: Int
    /// The number of the photo.
    package var photo: Int
    /// The category of the mesh.
    package var category: String
    /// The photographed shape.
    package var source: String
    /// The mesh.
    package var target: String
    /// IoU of the object's mask with the pixels that show it.
    package var objectIoU: Double
    /// Pixels that were asked.
    package var pixels: Int
    /// Triangles of the warp that are folded over.
    package var folds: Int
    /// The mean confidence of pixels within a tenth of the diameter, and of the others.
    package var confidence: [Double?]
    /// The regions of the object that have a part of the mesh, where they were sought.
    package var regions: Int?
    /// The share of the pixels of those regions that show no object.
    package var background: Double?
    /// The share of the mesh's surface in those regions whose part is the commonest of its region in the photo.
    package var surface: Double?
    /// The seconds that the map took.
    package var seconds: Double
    /// The scores, by ``DenseMethod``.
    package var scores: [String: DenseScore]
}
