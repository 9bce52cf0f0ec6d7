import BSBBasics
import BSBShapes
import Foundation

/// The COSEG data: `category/shapes/id.off` and `category/gt/id.seg`, one part number for each face.
///
/// From Wang and others, "Active Co-Analysis of a Set of Shapes", 2012.
package struct COSEGDataSet: LabelledDataSet {
    /// All shapes, in order.
    package let entries: [ShapeEntry]
    private let folder: String

    /// Opens the folder.
    ///
    /// Throws `Failure` if it has no labelled mesh.
    package init(_ folder: String) throws {
        self.folder = folder
        let found = try Folder.folders(folder).filter { Folder.isFolder("\(folder)/\($0)/shapes") }.flatMap { category in
            try Folder.names("\(folder)/\(category)/shapes")
                .filter { Folder.ending($0) == "off" && Folder.exists("\(folder)/\(category)/gt/\(Folder.stem($0)).seg") }
                .map { ShapeEntry(category: category, id: Folder.stem($0)) }
        }
        entries = try Folder.entries(found, in: folder, layout: "category/shapes/id.off with category/gt/id.seg")
    }

    /// Reads a shape.
    ///
    /// Throws `Failure` if a file of it is missing or damaged.
    package func shape(_ entry: ShapeEntry) throws -> LabelledShape {
        let path = "\(folder)/\(entry.category)/shapes/\(entry.id).off"
        let data = try AtomicFile.readFile(path, operation: "reading the mesh")
        let mesh = try Mesh(data: data, format: .off, path: path)
        let numbers = try PartNumbers(contentsOf: "\(folder)/\(entry.category)/gt/\(entry.id).seg", count: mesh.fileFaceCount, what: "face")
        return LabelledShape(entry: entry, path: path, hash: ContentHash(of: data).hex, mesh: mesh, labels: numbers.labels)
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
