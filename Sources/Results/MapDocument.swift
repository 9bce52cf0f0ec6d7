import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBRendering
import BSBShapes
import BSBWorkbench
import Foundation

/// The result of mapping an object, as `result.json` holds it and `bsb map --json` prints it.
package struct MapDocument: Sendable, Codable {
    /// The version of this schema.
    package var schema = 1
    /// Whether any region has a counterpart.
    package var found: Bool
    /// The regions of the photo; region i has the label i + 1 in all label files.
    package var regions: [RegionDocument]
    /// The share of the object that lies in regions with a counterpart, in regions without, and in no region.
    package var objectShares: Shares
    /// The share of the surface's area that some region reaches.
    package var surfaceShare: Double
    /// How each pixel was given its point, with `--dense`.
    package var dense: DenseDocument?
    /// The object that was mapped.
    package var object: LocateDocument.ObjectDocument
    /// The mesh as it was read.
    package var mesh: MeshDocument
    /// The photo, as it was named.
    package var image: String
    /// SHA-256 of the photo.
    package var imageHash: String
    /// How the object was divided.
    package var options: MapJob.Options
    /// Every setting that decides the result.
    package var settings: Settings
    /// The models that were used.
    package var models: [ModelIdentity]
    /// Seconds spent, by stage.
    package var timings: [String: Double]
    /// The files written, relative to the output folder.
    package var outputs: [String]

    /// How an object divides.
    package struct Shares: Sendable, Codable {
        /// In regions with a counterpart on the mesh.
        package var matched: Double
        /// In regions without.
        package var unmatched: Double
        /// In no region.
        package var undivided: Double
    }

    /// One region of the photo.
    package struct RegionDocument: Sendable, Codable {
        /// Its number in label files, from 1.
        package var label: Int
        /// The click [x, y] that stands for it.
        package var click: [Int]
        /// Pixels that are seen of it.
        package var area: Int
        /// x, y, width, height of what is seen of it, as COCO has it.
        package var bbox: [Int]
        /// What is seen of it, as COCO's uncompressed run-length encoding: column by column.
        package var segmentation: RunLengths
        /// Whether the mesh has a counterpart.
        package var found: Bool
        /// Why not.
        package var reason: NoCorrespondence?
        /// The best segmentation buddy.
        package var vertex: Int?
        /// IoU of the region with the mask at the buddy's pixel.
        package var iou: Float?
        /// The part of the mesh.
        package var part: PartDocument?
        /// Vertices with this region's label, after overlaps were settled.
        package var labelledVertices: Int
    }
}

extension MapDocument.RegionDocument {
    /// The document of a region.
    init(_ region: MapJob.Region, label: Int, labels: [Int32], mesh: OpenMesh) {
        let (box, mask, buddy) = (region.visible.boundingBox, region.visible, region.correspondence.buddy)
        self.init(
            label: label, click: [region.click.x, region.click.y], area: mask.count,
            bbox: box.map { [$0.x, $0.y, $0.width, $0.height] } ?? [0, 0, 0, 0],
            segmentation: RunLengths(mask), found: buddy != nil,
            reason: region.correspondence.reason, vertex: buddy?.vertex, iou: buddy?.iou,
            part: region.segment.map { PartDocument($0, of: mesh.mesh, method: region.method) },
            labelledVertices: labels.count { $0 == Int32(label) })
    }
}

/// The files that mapping an object leaves behind.
package struct MapOutputs: Outputs {
    private let outcome: MapJob.Outcome
    private let options: MapJob.Options
    private let bench: Workbench

    /// The files of an outcome.
    package init(_ outcome: MapJob.Outcome, options: MapJob.Options, at bench: Workbench) {
        self.outcome = outcome
        self.options = options
        self.bench = bench
    }

    /// Adds all files but the document's.
    ///
    /// Throws `Failure` if one cannot be made.
    package func add(to folder: inout OutputFolder) throws {
        let (image, mesh, labels) = (outcome.photo.image, outcome.mesh.mesh, outcome.vertexLabels)
        folder.add("overview.png", try picture().pngData())
        folder.add("photo_labels.png", try Image.greyPNGData(photoLabels, width: image.width, height: image.height))
        folder.add("vertex_labels.npy", NumPyArray(labels, shape: [labels.count]).encoded())
        let faces = faceLabels
        folder.add("face_labels.npy", NumPyArray(faces, shape: [faces.count]).encoded())
        for (index, region) in outcome.regions.enumerated() {
            folder.add(String(format: "masks/region-%02d.png", index + 1), try region.visible.pngData())
        }
        let attributes = MeshAttributes(
            vertexColors: vertexColors, partOfFileFace: faces.map { Int($0) - 1 },
            partNames: outcome.regions.indices.map { "region-\($0 + 1)" })
        folder.add("map.ply", try mesh.plyData(attributes: attributes))
        folder.add("map.glb", try mesh.glbData(attributes: attributes))
        if let dense = outcome.dense {
            try DenseFiles(dense, photo: outcome.photo, mesh: outcome.mesh, parallelism: bench.parallelism).add(to: &folder)
        }
    }

    /// The document, which lists the files.
    package func document(_ outputs: [String]) -> MapDocument {
        let regions = outcome.regions
        let matched = regions.filter { $0.segment != nil }.reduce(0) { $0 + $1.visible.count }
        let unmatched = regions.filter { $0.segment == nil }.reduce(0) { $0 + $1.visible.count }
        let all = Double(max(1, outcome.object.mask.count))
        return MapDocument(
            found: regions.contains { $0.segment != nil },
            regions: regions.enumerated().map { .init($1, label: $0 + 1, labels: outcome.vertexLabels, mesh: outcome.mesh) },
            objectShares: .init(
                matched: Double(matched) / all, unmatched: Double(unmatched) / all,
                undivided: Double(outcome.object.mask.count - matched - unmatched) / all),
            surfaceShare: outcome.mesh.share(of: outcome.vertexLabels.map { $0 > 0 }),
            dense: outcome.dense.map { DenseDocument($0, of: outcome.mesh) }, object: .init(outcome.object),
            mesh: MeshDocument(outcome.mesh), image: outcome.photo.path, imageHash: outcome.photo.hash, options: options,
            settings: bench.effectiveSettings, models: bench.models, timings: outcome.timings, outputs: outputs)
    }

    /// #F of the file: the region of each face, from 1; 0 for none.
    package var faceLabels: [Int32] { Self.fileFaceLabels(outcome.vertexLabels, of: outcome.mesh.mesh) }

    /// height x width: 0 outside the object, the region's label in it, 255 where it has no region (and for labels beyond 254).
    package var photoLabels: [UInt8] {
        var labels = outcome.object.mask.bytes(inside: 255)
        for (index, region) in outcome.regions.enumerated() {
            region.visible.forEachSpan { y, range in
                for x in range { labels[y * region.visible.width + x] = UInt8(min(index + 1, 255)) }
            }
        }
        return labels
    }

    /// #F of the file: the most frequent label among the corners of each face, the lowest of ties.
    package static func fileFaceLabels(_ labels: [Int32], of mesh: Mesh) -> [Int32] {
        var votes = [[Int32: Int]](repeating: [:], count: mesh.fileFaceCount)
        for (face, fileFace) in zip(mesh.faces, mesh.fileFace) {
            for corner in 0..<3 { votes[Int(fileFace)][labels[Int(face[corner])], default: 0] += 1 }
        }
        return votes.map { votes in votes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0 }
    }

    /// #V colours: those of the regions, grey for the rest.
    private var vertexColors: [SIMD3<Float>] {
        outcome.vertexLabels.map { label in
            guard label > 0 else { return Palette.rest }
            return ColorMap.categorical(Int(label) - 1).unit
        }
    }

    /// The parts with their shares of the object and of the surface.
    private var legend: Image {
        let all = Double(max(1, outcome.object.mask.count))
        let entries = outcome.regions.enumerated().map { index, region -> Legend.Entry in
            let object = String(format: "%.0f%%", 100 * Double(region.visible.count) / all)
            let surface = String(format: "%.0f%%", 100 * outcome.mesh.share(of: outcome.vertexLabels.map { $0 == Int32(index + 1) }))
            let there = region.segment == nil ? "not on the mesh" : "\(surface) of the mesh"
            return Legend.Entry(color: ColorMap.categorical(index), text: "\(index + 1): \(object) of the object, \(there)")
        }
        return Legend(entries: entries, width: 1236).image()
    }

    private func picture() throws -> Image {
        var photo = PhotoPanel(outcome.photo.image, width: 640, height: 480)
        photo.outline(outcome.object.mask, Palette.object)
        for (index, region) in outcome.regions.enumerated() {
            if region.segment != nil {
                photo.fill(region.visible, ColorMap.categorical(index), opacity: 0.6)
            } else {
                photo.hatch(region.visible)
            }
        }
        photo.dots(outcome.regions.filter { $0.segment != nil }.map { ($0.click, Palette.ink) })
        let buddies = outcome.regions.compactMap { region in region.correspondence.buddy }
        let marks = buddies.map { buddy in MeshSides.Mark(vertex: buddy.vertex, color: .black) }
        let sides = try MeshSides(
            mesh: outcome.mesh, segment: nil, marks: marks, size: RasterSize(width: 300, height: 320), colors: vertexColors
        ).images(parallelism: bench.parallelism)
        let matched = outcome.regions.count { $0.segment != nil }
        return PictureSheet(
            title: matched > 0 ? "\(matched) of \(outcome.regions.count) regions have a counterpart" : "No region has a counterpart",
            grade: matched > 0 ? .sure : .none,
            subtitle: "A region and its part have one colour; hatched regions are not on the mesh, grey is reached by none.",
            rows: [
                [
                    .init(photo.image, "The photo's regions (dots: their clicks) and the object (amber)"),
                    .init(sides[0], "The mesh (rings: the answers to the clicks)"), .init(sides[1], ""),
                ],
                [.init(sides[2], ""), .init(sides[3], ""), .init(sides[4], ""), .init(sides[5], "")],
                [.init(legend, "")],
            ]
        ).image()
    }
}
