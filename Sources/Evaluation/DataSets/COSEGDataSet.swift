import BSBBasics
import BSBShapes

/// The COSEG data: `category/shapes/id.off` and `category/gt/id.seg`, one part number for each face.
///
/// From Wang and others, "Active Co-Analysis of a Set of Shapes", 2012.
package struct COSEGDataSet: FileDataSet {
    let files: ShapeFiles

    /// Opens the folder.
    ///
    /// Throws `Failure` if it has no labelled mesh.
    package init(_ folder: String) throws {
        files = try ShapeFiles(in: folder, meshes: "shapes", endings: ["off"], labels: ["gt/*.seg"])
    }

    /// Reads a shape.
    ///
    /// Throws `Failure` if a file of it is missing or damaged.
    package func shape(_ entry: ShapeEntry) throws -> LabelledShape {
        try files.shape(entry) { mesh, labels in
            try PartNumbers(contentsOf: labels[0], count: mesh.fileFaceCount, what: "face").labels
        }
    }
}

/// A text file with one part number for each face or point.
struct PartNumbers {
    let values: [Int]

    /// Reads the file.
    ///
    /// Throws `Failure` unless it has `count` whole numbers.
    init(contentsOf path: String, count: Int, what: String) throws {
        let operation = "reading the labels"
        let text = String(decoding: try AtomicFile.readFile(path, operation: operation), as: UTF8.self)
        let tokens = text.split(whereSeparator: \.isWhitespace)
        guard tokens.count == count else {
            throw Failure(.badInput, operation, path: path, reason: "there are \(tokens.count) labels for \(count) \(what)s")
        }
        values = try tokens.enumerated().map { index, token in
            guard let value = Int(token) else {
                throw Failure(
                    .badInput, operation, path: path, reason: "the label of \(what) \(index + 1), '\(token.prefix(40))', is no whole number"
                )
            }
            return value
        }
    }

    /// Parts named by their numbers.
    var labels: ShapeLabels {
        let distinct = Set(values).sorted()
        let index = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
        return ShapeLabels(names: distinct.map { "part \($0)" }, perFace: values.map { index[$0]! })
    }
}
