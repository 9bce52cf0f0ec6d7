import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBImages
import BSBInteractiveSegmentation
import BSBServing
import BSBShapes

/// Arrays in the order in which they are sent.
typealias NamedArrays = [(name: String, array: PipeArray)]

extension PipeArray {
    /// A mask as runs along its rows.
    init(_ mask: Mask) {
        var lengths: [Int32] = []
        var end = 0
        mask.forEachSpan { y, range in
            let start = y * mask.width + range.lowerBound
            if start == end, !lengths.isEmpty {
                lengths[lengths.count - 1] += Int32(range.count)
            } else {
                lengths += [Int32(start - end), Int32(range.count)]
            }
            end = start + range.count
        }
        lengths.append(Int32(mask.width * mask.height - end))
        self.init(type: .runs, shape: [mask.height, mask.width], bytes: lengths.withUnsafeBytes { .init($0) })
    }

    /// The mask of a `bool` array, height x width.
    ///
    /// Throws `Failure(.usage)` for another array.
    func mask() throws -> Mask {
        guard type == .bool, shape.count == 2, shape[0] > 0, shape[1] > 0 else {
            throw Failure(.usage, "reading the part's mask", reason: "it is not a bool array, height x width")
        }
        return bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
            Mask(width: shape[1], height: shape[0]) { bytes[$1 * shape[1] + $0] != 0 }
        }
    }

    /// The arrays of a part of a mesh, named as the files of the command line.
    static func part(_ segment: SurfaceSegment, of mesh: Mesh) -> NamedArrays {
        [
            ("probability", PipeArray(segment.probability, shape: [segment.probability.count])),
            ("labels", PipeArray(segment.vertexLabels)), ("face_labels", PipeArray(segment.fileFaceLabels(mesh))),
        ]
    }

    /// The arrays of what came of a question.
    static func arrays(of contents: any AnswerContents) -> NamedArrays {
        if let map = contents as? MapContents {
            let (vertices, faces, image) = (map.outcome.vertexLabels, map.outputs.faceLabels, map.outcome.photo.image)
            return [
                ("vertex_labels", PipeArray(vertices, shape: [vertices.count])), ("face_labels", PipeArray(faces, shape: [faces.count])),
                ("photo_labels", PipeArray(map.outputs.photoLabels, shape: [image.height, image.width])),
            ]
        }
        var arrays: NamedArrays = []
        if let match = contents as? MatchContents {
            arrays += [("part_mask", PipeArray(match.answer.masks.part)), ("object_mask", PipeArray(match.answer.masks.object))]
        } else if let mask = contents.mask {
            arrays.append(("mask", PipeArray(mask)))
        }
        return arrays + (contents.part.map { part($0.segment, of: $0.mesh.mesh) } ?? [])
    }

    /// The picture of a painted part, and where the corners of its triangles are in it.
    static func texture(_ outcome: TextureJob.Outcome) -> NamedArrays {
        guard let texture = outcome.texture else { return [] }
        let mesh = outcome.match.mesh.mesh
        var (coordinates, triangles) = ([Float](), [Int32]())
        for (face, material) in texture.appearance.materialOfFace.enumerated() where material == 1 {
            triangles.append(Int32(mesh.fileFace[face]))
            for corner in 0..<3 {
                triangles.append(Int32(mesh.faces[face][corner]))
                let place = texture.appearance.coordinates[3 * face + corner]
                coordinates += [place.x, place.y]
            }
        }
        let image = texture.image
        return [
            ("picture", PipeArray(image.pixels, shape: [image.height, image.width, 3])),
            ("coordinates", PipeArray(coordinates, shape: [coordinates.count / 6, 3, 2])),
            ("triangles", PipeArray(triangles, shape: [triangles.count / 4, 4])),
        ]
    }

    /// A mesh in the units of its file: its vertices, its triangles, and the face of the file that each is of.
    static func geometry(_ mesh: Mesh) -> NamedArrays {
        let positions = mesh.vertices.flatMap { vertex in
            (0..<3).map { Float(Double(vertex[$0]) + mesh.origin[$0]) }
        }
        let triangles = mesh.faces.flatMap { [Int32($0.x), Int32($0.y), Int32($0.z)] }
        return [
            ("vertices", PipeArray(positions, shape: [mesh.vertices.count, 3])),
            ("triangles", PipeArray(triangles, shape: [mesh.faces.count, 3])),
            ("triangle_faces", PipeArray(mesh.fileFace.map { Int32($0) }, shape: [mesh.faces.count])),
        ]
    }

    /// The features of a photo, and where the centres of their cells are.
    static func features(_ grid: FeatureGrid) -> NamedArrays {
        [
            ("features", PipeArray(grid.values, shape: [grid.rows, grid.columns, grid.dimension])),
            ("x", PipeArray((0..<grid.columns).map { grid.point(column: Float($0), row: 0).x }, shape: [grid.columns])),
            ("y", PipeArray((0..<grid.rows).map { grid.point(column: 0, row: Float($0)).y }, shape: [grid.rows])),
        ]
    }
}
