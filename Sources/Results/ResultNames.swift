/// The names that files of results may have, so that nothing else is ever replaced or removed.
package enum ResultNames {
    private static let exact: Set<String> = [
        "overview.png", "part.ply", "part.obj", "part.mtl", "part.glb", "selection.json", "probability.npy", "labels.npy",
        "face_labels.npy", "vertex_labels.npy", "object_mask.png", "part_mask.png", "mask.png", "direct_mask.png", "photo_labels.png",
        "map.ply", "map.glb", "soft.npy", "alternatives.png", "result.json", "textured.glb", "textured.obj", "textured.mtl",
        "cameras.json", "masks.png", "masks.json", "mesh.obj", "photo.png", "click.txt", "example.json", "mesh.png",
        "middle_mask.png", "decoder.safetensors", "loss.csv", "loss.png", "manifest.json", "train.json",
        "dense.png", "dense_faces.npy", "dense_corners.npy", "dense_weights.npy", "dense_points.npy", "dense_confidence.npy",
        "vertex_pixels.npy", "provenance.png", "labels.json", "confidence.npy", "labels.jsonl", "doubtful.jsonl", "meshes.jsonl",
        "descriptors.npy", "frames.webp",
    ]
    private static let prefixes = ["part-", "textured-", "view-", "alternative-"]

    /// Whether a result may have the name, in any case.
    package static func contains(_ name: String) -> Bool {
        let name = name.lowercased()
        return exact.contains(name) || prefixes.contains { name.hasPrefix($0) }
    }

    /// The folder of a result's masks.
    package static let masks = "masks"

    /// Whether a path within the output folder is that of a result: a name, or a mask of a frame or region.
    package static func contains(path: String) -> Bool {
        guard path.contains("/") else { return contains(path) }
        return path.wholeMatch(of: /masks\/(frame|region)-[0-9]+\.png/) != nil
    }
}
