import BSBAnswering
import BSBBackbones
import BSBCorrespondence
import BSBImages
import BSBRendering
import BSBWorkbench
import Foundation

/// The result of relating two photos, as `result.json` holds it and `bsb relate --json` prints it.
package struct RelateDocument: Sendable, Codable {
    /// The version of this schema.
    package var schema = 1
    /// Whether any mesh leads to a part of the second photo.
    package var found: Bool
    /// Why not, as a sentence for each mesh.
    package var explanations: [String]?
    /// The pixel [x, y] of the second photo; without an answer, this and what follows is absent.
    package var pixel: [Int]?
    /// The part of the second photo.
    package var mask: LocateDocument.MaskDocument?
    /// By what the place was found, and why so.
    package var way: RelateWay?
    /// Why the place was found so.
    package var wayReason: String?
    /// The product of the IoUs on the way to the mesh and on to the photo.
    package var confidence: Float?
    /// The mesh that gave the answer, from 0.
    package var bestMesh: Int?
    /// The summed confidence of the meshes that agree with the answer over that of all.
    package var agreement: Float?
    /// What each mesh says.
    package var chains: [ChainDocument]
    /// The comparison of the photos without a mesh.
    package var direct: DirectDocument?
    /// The clicked pixel [x, y] of the first photo.
    package var click: [Int]
    /// The first photo, as it was named.
    package var first: String
    /// The second photo, as it was named.
    package var second: String
    /// Every setting that decides the result.
    package var settings: Settings
    /// The models that were used.
    package var models: [ModelIdentity]
    /// Seconds spent, by stage.
    package var timings: [String: Double]
    /// The files written, relative to the output folder.
    package var outputs: [String]

    /// What one mesh says.
    package struct ChainDocument: Sendable, Codable {
        /// The mesh.
        package var mesh: MeshDocument
        /// The buddy of the click.
        package var vertex: Int?
        /// IoU on the way to the mesh.
        package var iouThere: Float?
        /// The buddy of that vertex in the second photo, [x, y].
        package var pixel: [Int]?
        /// IoU on the way to the second photo.
        package var iouOn: Float?
        /// The product of both; 0 without an answer.
        package var confidence: Float
        /// The group of overlapping answers that it belongs to.
        package var group: Int?
        /// Where the chain breaks, as a sentence.
        package var explanation: String?
        /// Where the object was sought in the second photo.
        package var object: LocateDocument.ObjectDocument?
    }

    /// The comparison of the photos without a mesh.
    package struct DirectDocument: Sendable, Codable {
        /// The most similar pixel [x, y] of the second photo's object.
        package var pixel: [Int]
        /// Cosine of both features.
        package var similarity: Float
        /// The pixel [x, y] of the first photo that it leads back to.
        package var returnPixel: [Int]
        /// IoU of the mask there with the clicked part.
        package var returnIoU: Float
        /// IoU of the mask at the pixel with that to which the meshes lead.
        package var iouWithMeshes: Float?
    }
}

extension RelateDocument.ChainDocument {
    /// The document of a chain.
    init(_ chain: RelateJob.Chain) {
        let (there, on) = (chain.there.correspondence, chain.on?.correspondence)
        self.init(
            mesh: MeshDocument(chain.there.mesh), vertex: there.buddy?.vertex, iouThere: there.buddy?.iou,
            pixel: on?.buddy.map { [$0.pixel.x, $0.pixel.y] }, iouOn: on?.buddy?.iou, confidence: chain.confidence, group: chain.group,
            explanation: there.reason?.sentence ?? on?.reason?.sentence, object: .init(chain.object))
    }
}

/// The files that relating two photos leaves behind.
package struct RelateOutputs: Outputs {
    private let outcome: RelateJob.Outcome
    private let bench: Workbench

    /// The files of an outcome.
    package init(_ outcome: RelateJob.Outcome, at bench: Workbench) {
        self.outcome = outcome
        self.bench = bench
    }

    /// Adds all files but the document's.
    ///
    /// Throws `Failure` if one cannot be made.
    package func add(to folder: inout OutputFolder) throws {
        folder.add("overview.png", try picture().pngData())
        folder.add("part_mask.png", try outcome.masks.part.pngData())
        for (name, mask) in masks { folder.add(name, try mask.pngData()) }
    }

    /// The masks of the second photo, by file: the answer, that of comparing the photos, and that to which the meshes lead.
    package var masks: KeyValuePairs<String, Mask> {
        guard let place = outcome.place else { return outcome.direct.map { ["direct_mask.png": $0.mask] } ?? [:] }
        let through = outcome.chain?.on?.mask ?? place.mask
        guard let direct = outcome.direct else { return ["mask.png": place.mask, "meshes_mask.png": through] }
        return ["mask.png": place.mask, "direct_mask.png": direct.mask, "meshes_mask.png": through]
    }

    /// The document, which lists the files.
    package func document(_ outputs: [String]) -> RelateDocument {
        let (place, chains) = (outcome.place, outcome.chains.map(RelateDocument.ChainDocument.init))
        return RelateDocument(
            found: place != nil, explanations: place == nil ? chains.map { $0.explanation ?? "" } : nil,
            pixel: place.map { [$0.pixel.x, $0.pixel.y] }, mask: place.map { .init($0.mask, predictedIoU: $0.predictedIoU) },
            way: place == nil ? nil : outcome.placedBy, wayReason: place == nil ? nil : outcome.placedBy.reason,
            confidence: outcome.chain?.confidence,
            bestMesh: outcome.best, agreement: place == nil ? nil : outcome.agreement, chains: chains,
            direct: outcome.direct.map {
                .init(
                    pixel: [$0.pixel.x, $0.pixel.y], similarity: $0.similarity, returnPixel: [$0.returnPixel.x, $0.returnPixel.y],
                    returnIoU: $0.returnIoU, iouWithMeshes: outcome.directIoU)
            }, click: [outcome.click.pixel.x, outcome.click.pixel.y], first: outcome.first.path, second: outcome.second.path,
            settings: bench.effectiveSettings, models: bench.models, timings: outcome.timings,
            outputs: outputs)
    }

    private func picture() throws -> Image {
        let (width, height) = (400, 320)
        var first = PhotoPanel(outcome.first.image, width: width, height: height)
        first.outline(outcome.masks.object, Palette.object)
        first.fill(outcome.masks.part, Palette.part)
        first.click(outcome.click.pixel)
        var second = PhotoPanel(outcome.second.image, width: width, height: height)
        if let on = outcome.chain?.on {
            second.outline(on.object.mask, Palette.object)
            if let mask = on.mask { second.fill(mask, Palette.part) }
            if let buddy = on.correspondence.buddy { second.crosshair(buddy.pixel) }
        }
        let isDirect = outcome.place != nil && outcome.placedBy == .photos
        let through = isDirect || outcome.place == nil ? "Through the meshes" : "Through the meshes: the answer"
        var rows = [[PictureSheet.Panel(first.image, "The click and its part"), .init(second.image, through)]]
        if let direct = outcome.direct {
            var panel = PhotoPanel(outcome.second.image, width: width, height: height)
            panel.fill(direct.mask, ColorMap.categorical(1))
            panel.crosshair(direct.pixel)
            let title = isDirect ? "By comparing the photos: the answer" : "By comparing the photos"
            rows[0].append(.init(panel.image, title + String(format: " (way back: IoU %.2f)", direct.returnIoU)))
        }
        for chain in outcome.chains.prefix(4) { rows.append(try row(chain)) }
        let best = outcome.chain
        let subtitle = best.map { String(format: "Confidence %.2f, agreement %.2f.", $0.confidence, outcome.agreement) }
        // As sure as the less sure step.
        let steps = best.map { [$0.there.grade, $0.on?.correspondence.grade ?? .none] } ?? [.none]
        let grade: Grade = steps.contains(.none) ? .none : steps.contains(.unsure) ? .unsure : .sure
        return PictureSheet(
            title: PictureSheet.title(
                grade, sure: "Found: the second photo shows this part", unsure: "Perhaps: the second photo may show this part"),
            grade: grade,
            subtitle: subtitle ?? "No mesh leads from the click to the second photo.", rows: rows
        ).image()
    }

    /// One mesh from three sides and what it says about the second photo.
    private func row(_ chain: RelateJob.Chain) throws -> [PictureSheet.Panel] {
        let size = RasterSize(width: 240, height: 240)
        let buddy = chain.there.correspondence.buddy
        let marks = buddy.map { [MeshSides.Mark(vertex: $0.vertex, color: Palette.wanted)] } ?? []
        let sides = try MeshSides(mesh: chain.there.mesh, segment: chain.there.segment, marks: marks, size: size)
            .images(parallelism: bench.parallelism)
        let name = chain.there.mesh.path.split(separator: "/").last.map(String.init) ?? ""
        let there = buddy.map { String(format: "%@: IoU %.2f", name, $0.iou ?? 0) } ?? "\(name): no counterpart of the click"
        var panels = [PictureSheet.Panel(sides[0], there), .init(sides[2], ""), .init(sides[4], "")]
        guard let on = chain.on else { return panels }
        var photo = PhotoPanel(outcome.second.image, width: 320, height: 240)
        if let mask = on.mask { photo.fill(mask, Palette.part) }
        if let pixel = on.correspondence.buddy?.pixel { photo.crosshair(pixel) }
        let reached = on.correspondence.buddy.map { String(format: "IoU %.2f, confidence %.2f", $0.iou ?? 0, chain.confidence) }
        panels.append(.init(photo.image, reached ?? on.correspondence.reason?.sentence ?? ""))
        return panels
    }
}
