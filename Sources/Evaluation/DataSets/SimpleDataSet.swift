import BSBAnswering
import BSBBasics
import BSBShapes

/// A layout for one's own data: `category/id.obj` (or another mesh format) with `category/id.labels.json`.
///
/// The labels file is `{"names": ["body", "handle"], "perFace": [0, 0, 1, -1]}`: for each face of the file an index into the names, -1
/// for none. It may also hold `"up"` and `"view"`, three numbers each. Real photos of the shape go into `category/id.photos.json`;
/// see ``PhotoClicks``.
package struct SimpleDataSet: FileDataSet {
    let files: ShapeFiles

    private struct Place: Decodable {
        var up: [Float]?
        var view: [Float]?
    }

    /// Opens the folder.
    ///
    /// Throws `Failure` if it has no labelled mesh.
    package init(_ folder: String) throws { files = try ShapeFiles(in: folder, labels: ["*.labels.json"]) }

    /// Reads a shape.
    ///
    /// Throws `Failure` if a file of it is missing or damaged.
    package func shape(_ entry: ShapeEntry) throws -> LabelledShape {
        var pose = ShapePose()
        var shape = try files.shape(entry) { mesh, paths in
            let place = try JSONFile.decode(Place.self, from: paths[0], operation: "reading the labels")
            pose = ShapePose(up: Self.vector(place.up) ?? pose.up, view: Self.vector(place.view))
            return try ShapeLabels(file: paths[0], of: mesh)
        }
        shape.pose = pose
        return shape
    }

    private static func vector(_ numbers: [Float]?) -> SIMD3<Float>? {
        guard let numbers, numbers.count == 3, numbers.allSatisfy(\.isFinite) else { return nil }
        return SIMD3(numbers)
    }
}
