import Foundation

/// Reads Wavefront MTL: `newmtl`, `Kd` and `map_Kd`; everything else (reflection, transparency) is passed over.
enum MTLReader {
    /// The materials in `data` by name; pictures that are not beside the file `path` are left out.
    static func read(_ data: Data, path: String?) -> [SurfaceAppearance.Material] {
        let materials = try? TextScanner.scan(data) { start -> [SurfaceAppearance.Material] in
            var (scanner, materials) = (start, [SurfaceAppearance.Material]())
            while !scanner.isAtEnd {
                if let keyword = scanner.token() { readStatement(keyword, &scanner, path, &materials) }
                scanner.nextLine()
            }
            return materials
        }
        return materials ?? []
    }

    private static func readStatement(
        _ keyword: TextScanner.Token, _ scanner: inout TextScanner, _ path: String?, _ materials: inout [SurfaceAppearance.Material]
    ) {
        if scanner.matchesIgnoringCase(keyword, "newmtl") {
            materials.append(.init(name: scanner.restOfLine()))
        } else if materials.isEmpty {
            return
        } else if scanner.matchesIgnoringCase(keyword, "kd") {
            let numbers = (0..<3).compactMap { _ in scanner.token().flatMap { scanner.number($0) } }
            guard numbers.count == 3, numbers.allSatisfy(\.isFinite) else { return }
            let color = SIMD3(Float(numbers[0]), Float(numbers[1]), Float(numbers[2]))
            materials[materials.count - 1].color = color.clamped(lowerBound: .zero, upperBound: .one)
        } else if scanner.matchesIgnoringCase(keyword, "map_kd") {
            // Options such as `-s 1 1 1` come before the name, which may hold blanks.
            let rest = scanner.restOfLine()
            let name = rest.hasPrefix("-") ? rest.split(separator: " ").last.map(String.init) ?? "" : rest
            materials[materials.count - 1].picture = NeighbourFile.contents(named: name, of: path)
        }
    }
}
