import BSBAnswering
import BSBBasics
import BSBImages
import BSBRendering
import BSBWorkbench
import Foundation

/// The approximate answer beside the published one, in `result.json`.
package struct AlternativesDocument: Sendable, Codable {
    /// Always true: none of this is the published method, and scores are no probabilities of being right.
    package var approximate = true
    /// The difference of cosines that counts as a factor of e.
    package var temperature: Float
    /// The places, the most similar first.
    package var places: [PlaceDocument]

    /// One place.
    package struct PlaceDocument: Sendable, Codable {
        /// The vertex that looks most like the part there.
        package var vertex: Int
        /// In the file's units.
        package var position: [Double]
        /// exp((similarity - largest similarity) / temperature).
        package var score: Float
        /// Mean cosine with the part's pixels.
        package var similarity: Float
        /// The share of the vertex's attention to the object that falls into the part.
        package var returning: Float
        /// The pixel [x, y] that the vertex leads back to.
        package var pixel: [Int]
        /// Whether that pixel is in the part.
        package var qualifies: Bool
        /// IoU of the part with the mask at that pixel.
        package var iou: Float
        /// The share of the probability over the surface that is in the part around the vertex.
        package var mass: Float
        /// The part around the vertex.
        package var part: PartDocument
    }
}

extension AlternativesDocument {
    /// The document of an approximate answer.
    package init(_ alternatives: Alternatives, of answer: Answer) {
        let mesh = answer.mesh
        self.init(
            temperature: alternatives.temperature,
            places: alternatives.list.map { place in
                let position = mesh.mesh.filePosition(place.vertex)
                return PlaceDocument(
                    vertex: place.vertex, position: [position.x, position.y, position.z], score: place.score,
                    similarity: place.similarity, returning: place.returning, pixel: [place.pixel.x, place.pixel.y],
                    qualifies: place.qualifies, iou: place.iou, mass: place.mass,
                    part: PartDocument(place.segment, of: mesh.mesh, method: answer.method))
            })
    }
}

/// The files of an approximate answer.
struct AlternativesFiles {
    let alternatives: Alternatives
    let mesh: OpenMesh

    /// Adds `soft.npy`, `alternative-1.npy` and so on, and `alternatives.png`.
    ///
    /// Throws `Failure`.
    func add(to folder: inout OutputFolder, parallelism: Parallelism) throws {
        let probability = alternatives.soft.probability
        folder.add("soft.npy", NumPyArray(probability, shape: [probability.count]).encoded())
        for (index, place) in alternatives.list.enumerated() {
            folder.add(
                "alternative-\(index + 1).npy", NumPyArray(place.segment.probability, shape: [place.segment.probability.count]).encoded())
        }
        folder.add("alternatives.png", try picture(parallelism).pngData())
    }

    /// The density that a hundredth of the surface exceeds: a lone vertex of a high value should not pale the rest.
    private func densest(_ density: [Float]) -> Float {
        var covered = 0.0
        for vertex in density.indices.sorted(by: { (density[$0], $1) > (density[$1], $0) }) {
            covered += mesh.areas[vertex]
            if covered >= 0.01 { return density[vertex] }
        }
        return density.max() ?? 0
    }

    private func picture(_ parallelism: Parallelism) throws -> Image {
        let size = RasterSize(width: 270, height: 300)
        var rows: [[PictureSheet.Panel]] = []
        let density = zip(alternatives.soft.probability, mesh.areas).map { $1 > 0 ? $0 / Float($1) : 0 }
        let dense = max(densest(density), 1e-12)
        let heat = density.map { ColorMap.heat(min($0 / dense, 1)).unit }
        let sides = try MeshSides(mesh: mesh, segment: nil, marks: [], size: size, colors: heat).images(parallelism: parallelism)
        rows.append([.init(sides[0], "The soft answer (orange: the densest hundredth)"), .init(sides[2], ""), .init(sides[4], "")])
        for (index, place) in alternatives.list.enumerated() {
            let mark = MeshSides.Mark(vertex: place.vertex, color: Palette.wanted)
            let sides = try MeshSides(mesh: mesh, segment: place.segment, marks: [mark], size: size).images(parallelism: parallelism)
            let numbers = String(format: "score %.2f, IoU %.2f", place.score, place.iou)
            rows.append([.init(sides[0], "\(index + 1): vertex \(place.vertex), \(numbers)"), .init(sides[2], ""), .init(sides[4], "")])
        }
        return PictureSheet(
            title: "\(alternatives.list.count) places that may be meant",
            subtitle: "Approximate: ranked by similarity to the part, not by the published rule.", rows: rows
        ).image()
    }
}
