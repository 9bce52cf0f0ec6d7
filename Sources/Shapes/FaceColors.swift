/// Colours of whole faces, as materials: a picture of the surface needs no more, and other programs read materials.
struct FaceColors {
    /// For each face so far its colour as the file has it; NaN for none.
    private var colors: [SIMD3<Float>] = []

    /// The most materials that are made; with more colours, vertices take the mean of their faces.
    private static let mostMaterials = 256

    /// Notes the colour of a face; those before without one have none.
    mutating func add(_ color: SIMD3<Float>, of face: Int) {
        colors += repeatElement(SIMD3(repeating: .nan), count: max(0, face - colors.count))
        colors.append(color)
    }

    /// Puts the colours into an assembly that has no other materials.
    ///
    /// - Parameter full: what stands for full brightness in the file; found out where not given.
    func finish(_ assembly: inout MeshAssembly, full: Float? = nil) {
        guard assembly.materials.isEmpty, !colors.isEmpty, colors.count <= assembly.faceEnds.count else { return }
        let colors = colors + repeatElement(SIMD3(repeating: .nan), count: assembly.faceEnds.count - colors.count)
        guard let largest = colors.lazy.filter({ $0.isFinite }).map({ $0.max() }).max() else { return }
        let full = full ?? (largest > 1.001 ? 255 : 1)
        let bytes = colors.map { $0.isFinite ? ($0 / full).bytes : nil }
        var numbers: [SIMD3<UInt8>: Int32] = [:]
        var materials: [SurfaceAppearance.Material] = []
        for case let color? in bytes where numbers[color] == nil && materials.count <= Self.mostMaterials {
            numbers[color] = Int32(materials.count)
            let digits = (0..<3).map { (color[$0] < 16 ? "0" : "") + String(color[$0], radix: 16) }.joined()
            materials.append(.init(name: "color-\(digits)", color: SIMD3<Float>(color) / 255))
        }
        if materials.count <= Self.mostMaterials {
            assembly.materials = materials
            assembly.materialOfFace = bytes.map { $0.flatMap { numbers[$0] } ?? -1 }
        } else if assembly.colors.isEmpty {
            Self.spread(colors, &assembly, full)
        }
    }

    private static func spread(_ colors: [SIMD3<Float>], _ assembly: inout MeshAssembly, _ full: Float) {
        var sums = [SIMD4<Float>](repeating: .zero, count: assembly.vertices.count)
        var start = 0
        for (face, end) in assembly.faceEnds.enumerated() {
            for corner in start..<end where colors[face].isFinite && Int(assembly.corners[corner]) < sums.count {
                sums[Int(assembly.corners[corner])] += SIMD4(colors[face] / full, 1)
            }
            start = end
        }
        assembly.colors = sums.map { $0.w > 0 ? SIMD3($0.x, $0.y, $0.z) / $0.w : SIMD3(repeating: .nan) }
        assembly.remarks.append("the colors of faces are too many for materials; vertices have the mean of their faces")
    }
}
