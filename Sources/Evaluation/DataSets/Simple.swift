import BSBAnswering
import BSBBasics
import BSBShapes

extension FileDataSet {
    /// A layout for one's own data: `category/id.obj` (or another mesh format) with `category/id.labels.json`.
    ///
    /// The labels file is `{"names": ["body", "handle"], "perFace": [0, 0, 1, -1]}`: for each face of the file an index into the names, -1
    /// for none. It may also hold `"up"` and `"view"`, three numbers each. Real photos of the shape go into `category/id.photos.json`;
    /// see ``PhotoClicks``.
    /// - Throws: `Failure` if the folder has no labelled mesh.
    static func simple(_ folder: String) throws -> FileDataSet {
        try FileDataSet(in: folder, labels: ["*.labels.json"]) { _, mesh, paths in
            let place = try JSONFile.decode(Place.self, from: paths[0], operation: "reading the labels")
            return (try ShapeLabels(file: paths[0], of: mesh), place.pose)
        }
    }

    private struct Place: Decodable {
        var up: [Float]?
        var view: [Float]?

        var pose: ShapePose { ShapePose(up: Self.vector(up) ?? ShapePose().up, view: Self.vector(view)) }

        private static func vector(_ numbers: [Float]?) -> SIMD3<Float>? {
            guard let numbers, numbers.count == 3, numbers.allSatisfy(\.isFinite) else { return nil }
            return SIMD3(numbers)
        }
    }
}
