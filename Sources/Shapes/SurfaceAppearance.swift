import Foundation

/// The colours of a mesh's triangles as its file gives them: materials, and where in a material's picture each corner lies.
///
/// Pictures are kept as they are in the file (PNG, JPEG); `Rendering` decodes them.
package struct SurfaceAppearance: Hashable, Sendable {
    /// What triangles are made of.
    package struct Material: Hashable, Sendable {
        /// The name in the file.
        package var name: String
        /// The colour in 0...1 (sRGB), which a picture is multiplied by.
        package var color: SIMD3<Float>
        /// An encoded picture.
        package var picture: Data?
        /// Statements of an MTL file that are not read, such as shininess, kept to be written again.
        var otherStatements: [String] = []
        /// Whether the file says what the material looks like, not only its name.
        package var isDefined: Bool

        /// A material of one colour, or with a picture.
        package init(name: String, color: SIMD3<Float> = .one, picture: Data? = nil, isDefined: Bool = true) {
            self.name = name
            self.color = color
            self.picture = picture
            self.isDefined = isDefined
        }
    }

    /// The materials.
    package var materials: [Material]
    /// #F: the material of each triangle, -1 for none.
    package var materialOfFace: [Int32]
    /// 3 #F: where each corner lies in the picture, (0, 0) its upper left and (1, 1) its lower right corner; NaN where the file says nothing.
    package var coordinates: [SIMD2<Float>]

    /// Materials and their places on triangles.
    package init(materials: [Material], materialOfFace: [Int32], coordinates: [SIMD2<Float>]) {
        precondition(coordinates.count == 3 * materialOfFace.count, "three corners for each triangle")
        self.materials = materials
        self.materialOfFace = materialOfFace
        self.coordinates = coordinates
    }

    /// Whether there is more to be seen than names and places: a material that is defined.
    package var isVisible: Bool { materials.contains(where: \.isDefined) }

    /// Whether the appearance is that of a mesh of so many triangles and names no material that is not there.
    func fits(faceCount: Int) -> Bool {
        materialOfFace.count == faceCount && materialOfFace.allSatisfy { $0 >= -1 && Int($0) < materials.count }
    }
}

extension Mesh {
    /// The mesh with triangles of one material painted as on another mesh of the same triangles, where that is painted.
    ///
    /// - Parameters:
    ///   - material: the material that gives way.
    ///   - original: the mesh with the other look; without visible materials and colours, nothing changes.
    package func restoring(_ material: Int32, from original: Mesh) -> Mesh {
        guard var appearance, original.faces.count == faces.count, original.appearance?.isVisible == true || original.vertexColors != nil
        else { return self }
        let first = Int32(appearance.materials.count)
        appearance.materials += original.appearance?.materials ?? []
        var isPainted = [Bool](repeating: false, count: vertices.count)
        for face in faces.indices {
            guard appearance.materialOfFace[face] == material else {
                for corner in 0..<3 { isPainted[Int(faces[face][corner])] = true }
                continue
            }
            let own = original.appearance?.materialOfFace[face] ?? -1
            appearance.materialOfFace[face] = own < 0 ? -1 : first + own
            for corner in (3 * face)..<(3 * face + 3) {
                appearance.coordinates[corner] = original.appearance?.coordinates[corner] ?? .nowhere
            }
        }
        var result = self
        result.appearance = appearance
        // Colours of vertices would be multiplied with the paint.
        result.vertexColors = original.vertexColors.map { colors in colors.indices.map { isPainted[$0] ? .one : colors[$0] } }
        return result
    }
}

extension SIMD2<Float> {
    /// No place in a picture.
    static let nowhere = SIMD2<Float>(.nan, .nan)
}
