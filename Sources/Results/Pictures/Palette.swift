import BSBCorrespondence
import BSBImages
import BSBInteractiveSegmentation

/// The colours of results, the same in photos, pictures of meshes and mesh files.
enum Palette {
    /// The part, in the published blue.
    package static let part = Color(60, 160, 250)
    /// The outline of a photo's object.
    static let object = Color(hex: 0xF5_A6_23)
    /// Marks of vertices that are wanted.
    static let wanted = Color(hex: 0xE4_26_4B)
    /// Marks of vertices that are not.
    static let unwanted = Color(hex: 0x22_26_2E)
    /// Candidates that qualify.
    static let qualifying = Color(hex: 0x2E_A0_43)
    /// Candidates that do not.
    static let failing = Color(hex: 0xD6_45_3D)
    /// Words.
    static let ink = Color(hex: 0x33_38_40)
    /// Words below pictures.
    static let caption = Color(hex: 0x55_5B_66)
    /// The rest of a mesh.
    static let rest = SIMD3<Float>(0.8, 0.8, 0.8)

    /// Headlines of answers.
    static func headline(_ grade: Grade) -> Color {
        switch grade {
        case .sure: Color(hex: 0x0F_6C_BD)
        case .unsure: Color(hex: 0xA8_66_00)
        case .none: Color(hex: 0xB4_3A_2B)
        }
    }

    /// #V colours: the part in blue, paler where it is barely one; what is below its threshold has none of it.
    static func colors(_ segment: SurfaceSegment) -> [SIMD3<Float>] {
        segment.probability.map { probability in
            let amount = probability < segment.threshold ? 0 : min((probability - segment.threshold) / 0.1 + 0.5, 1)
            return rest + (part.unit - rest) * amount
        }
    }
}
