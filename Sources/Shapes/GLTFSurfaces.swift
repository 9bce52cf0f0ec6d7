import Foundation

/// The materials of a glTF document, and where faces lie in their pictures.
struct GLTFSurfaces {
    private let document: GLTFDocument
    private(set) var remarks: [String] = []

    init(_ document: GLTFDocument) {
        self.document = document
    }

    /// Notes the material of a primitive's faces and where their corners lie in its picture.
    ///
    /// What is wrong with them leaves the faces without: the shape does not depend on it.
    func add(
        _ primitive: GLTFDocument.Primitive, _ source: GLTFAttributes, first: Int, corners: ArraySlice<UInt32>,
        to assembly: inout MeshAssembly
    ) {
        var source = source
        let index = primitive.material.flatMap { document.materials?.element($0) == nil ? nil : $0 }
        if !(document.materials ?? []).isEmpty {
            assembly.materialOfFace += [Int32](repeating: Int32(index ?? -1), count: corners.count / 3)
        }
        let texture = index.flatMap { document.materials?.element($0)?.base.texture }
        let placement = texture?.extensions?.transform
        let set = placement?.texCoord ?? texture?.texCoord ?? 0
        let name = "TEXCOORD_\(set)"
        let values = source.has(name) ? (try? source.values(name, components: 2)) ?? [] : []
        for corner in corners {
            let place = 2 * (Int(corner) - first)
            let isKnown = place >= 0 && place + 1 < values.count
            assembly.coordinates.append(isKnown ? Self.placed(SIMD2(values[place], values[place + 1]), placement) : .nowhere)
        }
    }

    /// The place in the picture: scaled, turned counterclockwise as seen, then moved.
    private static func placed(_ place: SIMD2<Float>, _ placement: GLTFDocument.TextureReference.Placement?) -> SIMD2<Float> {
        guard let placement else { return place }
        let scale = placement.scale?.count == 2 ? placement.scale! : [1, 1]
        let offset = placement.offset?.count == 2 ? placement.offset! : [0, 0]
        let (u, v) = (Double(place.x) * scale[0], Double(place.y) * scale[1])
        let (c, s) = (cos(placement.rotation ?? 0), sin(placement.rotation ?? 0))
        return SIMD2(Float(u * c + v * s + offset[0]), Float(v * c - u * s + offset[1]))
    }

    /// The materials with their pictures.
    mutating func materials(_ buffers: inout GLTFBuffers) -> [SurfaceAppearance.Material] {
        (document.materials ?? []).map { material in
            let (factors, texture) = material.base
            let factor = (factors ?? []).map { $0.isFinite ? Float($0) : 1 }
            let linear = factor.count >= 3 ? SIMD3(factor[0], factor[1], factor[2]) : .one
            let picture = texture.flatMap { buffers.picture(texture: $0.index) }
            if let texture, picture == nil { tellMissing(texture.index, of: material.name ?? "") }
            return .init(name: material.name ?? "", color: SRGB.encode(linear), picture: picture)
        }
    }

    private mutating func tellMissing(_ index: Int, of material: String) {
        let texture = document.textures?.element(index)
        let kind: String
        if texture?.readableSource == nil, texture?.extensions?.basisu != nil {
            kind = "is a KTX2 picture (KHR_texture_basisu), which is not read"
        } else if texture?.readableSource == nil, texture?.extensions?.dds != nil {
            kind = "is a DDS picture (MSFT_texture_dds), which is not read"
        } else if texture?.readableSource.flatMap({ document.images?.element($0) })?.uri.map({ !$0.hasPrefix("data:") }) == true {
            // Told with the file's other neighbours.
            return
        } else {
            kind = "is not there or damaged"
        }
        remarks.append("the picture of the material '\(material.prefix(60))' \(kind)")
    }
}
