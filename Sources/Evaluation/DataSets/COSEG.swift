import BSBBasics
import BSBShapes

extension FileDataSet {
    /// The COSEG data: `category/shapes/id.off` and `category/gt/id.seg`, one part number for each face.
    ///
    /// From Wang and others, "Active Co-Analysis of a Set of Shapes", 2012. Throws `Failure` if the folder has no labelled mesh.
    static func coseg(_ folder: String) throws -> FileDataSet {
        try FileDataSet(in: folder, meshes: "shapes", endings: ["off"], labels: ["gt/*.seg"]) { _, mesh, labels in
            (try ShapeLabels(numbersIn: labels[0], count: mesh.fileFaceCount, what: "face"), ShapePose())
        }
    }
}

extension ShapeLabels {
    /// Reads a text file with one part number for each face or point; parts are named by their numbers.
    ///
    /// Throws `Failure` unless it has `count` whole numbers.
    init(numbersIn path: String, count: Int, what: String) throws {
        let operation = "reading the labels"
        let text = String(decoding: try AtomicFile.readFile(path, operation: operation), as: UTF8.self)
        let tokens = text.split(whereSeparator: \.isWhitespace)
        guard tokens.count == count else {
            throw Failure(.badInput, operation, path: path, reason: "there are \(tokens.count) labels for \(count) \(what)s")
        }
        let values = try tokens.enumerated().map { index, token in
            guard let value = Int(token) else {
                throw Failure(
                    .badInput, operation, path: path, reason: "the label of \(what) \(index + 1), '\(token.prefix(40))', is no whole number"
                )
            }
            return value
        }
        let distinct = Set(values).sorted()
        let index = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
        self.init(names: distinct.map { "part \($0)" }, perFace: values.map { index[$0]! })
    }
}
