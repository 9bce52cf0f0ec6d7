import BSBBasics
import BSBExamples
import BSBImages
import BSBPhotography
import BSBShapes
import BSBWorkbench
import Foundation

/// Makes an example from nothing: a mesh, and a photo-like picture of another instance of its kind with a click in it.
package struct ExampleJob: Sendable {
    /// What is made.
    package var kind: ExampleKind
    /// The part to click; the kind's most telling one if nil.
    package var part: String?
    /// Decides both instances and the photo.
    package var seed: UInt64
    /// The photo's width in pixels; its height is three quarters of it.
    package var width: Int

    /// A job for an example of the given kind.
    package init(kind: ExampleKind, part: String? = nil, seed: UInt64 = 0, width: Int = 640) {
        self.kind = kind
        self.part = part
        self.seed = seed
        self.width = width
    }

    /// What was made.
    package struct Document: Sendable, Codable {
        /// What is made.
        package var kind: String
        /// The name of the kind in the Princeton benchmark, where it has the kind.
        package var category: String
        /// Decides both instances and the photo.
        package var seed: UInt64
        /// The part that is clicked.
        package var part: String
        /// x, y.
        package var click: [Int]
        /// A click for every part that the photo shows.
        package var clicks: [String: [Int]]
        /// The files written.
        package var outputs: [String]
    }

    /// Writes mesh.obj, photo.png, click.txt and example.json into the folder `output`.
    ///
    /// Throws `Failure`.
    package func run(output: String, parallelism: Parallelism = Parallelism()) throws -> Document {
        // Even seeds are meshes and odd ones are photographed, so no photo shows the mesh itself.
        let target = try ExampleShape(kind, seed: 2 &* seed)
        let source = try ExampleShape(kind, seed: 2 &* seed &+ 1)
        let photo = try ExampleScene(shape: source, seed: seed).photograph(width: width, parallelism: parallelism)
        let clicks = self.clicks(photo, source)
        let wanted = part ?? kind.tellingPart
        guard let click = clicks[wanted] else {
            throw Failure(
                .usage, "making an example", reason: "the photo of the \(kind.rawValue) shows no part called '\(wanted)'",
                hint: "it shows \(clicks.keys.sorted().joined(separator: ", "))")
        }
        var folder = OutputFolder()
        folder.add("mesh.obj", try target.mesh.objData(attributes: groups(of: target)))
        folder.add("photo.png", try photo.image.pngData())
        folder.add("click.txt", Data("\(click.x),\(click.y)\n".utf8))
        let document = Document(
            kind: kind.rawValue, category: kind.category, seed: seed, part: wanted, click: [click.x, click.y],
            clicks: clicks.mapValues { [$0.x, $0.y] }, outputs: folder.names + ["example.json"])
        folder.add("example.json", try JSONText.data(document))
        try folder.write(to: output)
        return document
    }

    private func groups(of shape: ExampleShape) -> MeshAttributes {
        MeshAttributes(partOfFileFace: shape.partOfFace.map { Int($0) }, partNames: shape.partNames)
    }

    /// For each part in the photo, the pixel deepest inside its largest region.
    private func clicks(_ photo: Photograph, _ shape: ExampleShape) -> [String: Pixel] {
        var clicks: [String: Pixel] = [:]
        let (width, height) = (photo.surfaces.size.width, photo.surfaces.size.height)
        for (index, name) in shape.partNames.enumerated() {
            let mask = Mask(width: width, height: height) { x, y in
                let face = photo.surfaces.faceIDs[y * width + x]
                return face >= 0 && Int(shape.partOfFace[Int(face)]) == index
            }
            guard let region = mask.components().max(by: { $0.count < $1.count }) else { continue }
            clicks[name] = region.deepestPixel
        }
        return clicks
    }
}
