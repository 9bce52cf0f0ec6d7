import Foundation

extension NeighbourFile {
    /// The files that the mesh file `path` refers to, found without reading its faces; none for a file that is no mesh.
    ///
    /// - Complexity: O(bytes) for OBJ, O(header) for the others.
    package static func list(of path: String) -> [NeighbourFile] {
        guard let data = try? Mesh.contents(of: path), let format = MeshFormat(sniffing: data, path: path) else { return [] }
        var neighbours = Neighbourhood(of: path)
        switch format {
        case .obj: listMaterials(data, &neighbours)
        case .ply:
            let header = try? TextScanner.scan(data) { start in
                var scanner = start
                return try PLYHeader(&scanner)
            }
            for picture in header?.pictures ?? [] { _ = neighbours.contents(named: picture, .picture) }
        case .gltf, .glb:
            guard let container = try? GLBContainer(data), let document = try? GLTFDocument(json: container.json) else { return [] }
            for uri in (document.buffers ?? []).compactMap(\.uri) where !uri.hasPrefix("data:") {
                _ = neighbours.contents(named: uri, .buffer)
            }
            for uri in (document.images ?? []).compactMap(\.uri) where !uri.hasPrefix("data:") {
                _ = neighbours.contents(named: uri, .picture)
            }
        case .off, .stl: break
        }
        return neighbours.files
    }

    private static func listMaterials(_ data: Data, _ neighbours: inout Neighbourhood) {
        let libraries = try? TextScanner.scan(data) { start -> [String] in
            var (scanner, names) = (start, [String]())
            while !scanner.isAtEnd {
                if let keyword = scanner.token(), scanner.matchesIgnoringCase(keyword, "mtllib") { names.append(scanner.restOfLine()) }
                scanner.nextLine()
            }
            return names
        }
        for library in (libraries ?? []).prefix(16) {
            guard let content = neighbours.contents(named: library, .materials) else { continue }
            for picture in MTLReader.read(content).compactMap(\.picture) { _ = neighbours.contents(named: picture, .picture) }
        }
    }
}
