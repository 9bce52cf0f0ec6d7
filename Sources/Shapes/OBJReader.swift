import Basics
import Foundation

/// Reads Wavefront OBJ: `v`, `vt`, `f`, `o`, `g`, and materials from files beside it; everything else (normals, curves) is passed over.
///
/// `v` may carry a weight (4 numbers, ignored) or a colour (6 or 7 numbers: the colour is numbers 4 to 6). Indices count from 1, or
/// backwards from the latest vertex if negative, and may lead to vertices that come later in the file.
struct OBJReader {
    private var scanner: TextScanner
    private var assembly = MeshAssembly()
    private var uncolored = 0
    private var groups = GroupRuns()
    private var materials = MaterialRuns()
    private let path: String?

    init(_ scanner: TextScanner, path: String? = nil) {
        self.scanner = scanner
        self.path = path
    }

    /// The names in one `g` statement that are heeded; more only serve to make a small file large.
    private static let namesPerStatement = 32

    consuming func read() throws -> Mesh {
        assembly.vertices.reserveCapacity(scanner.count / 60)
        assembly.corners.reserveCapacity(scanner.count / 15)
        while !scanner.isAtEnd {
            if let keyword = scanner.token() { try readStatement(keyword) }
            scanner.nextLine()
        }
        if !assembly.colors.isEmpty, uncolored > 0 { assembly.remarks.append("\(uncolored) vertices have no color; they are white") }
        assembly.groups = groups.finish(faceCount: assembly.faceEnds.count)
        materials.finish(&assembly, path: path)
        return try assembly.mesh()
    }

    private mutating func readStatement(_ keyword: TextScanner.Token) throws {
        if scanner.matches(keyword, "v") {
            try readVertex()
        } else if scanner.matches(keyword, "f") {
            try readFace()
        } else if scanner.matches(keyword, "o") {
            let name = scanner.restOfLine()
            groups.setObject(name.isEmpty ? nil : name, at: assembly.faceEnds.count)
        } else if scanner.matches(keyword, "g") {
            let names = scanner.restOfLine().split(whereSeparator: \.isWhitespace).prefix(Self.namesPerStatement)
            groups.setGroups(names.map(String.init), at: assembly.faceEnds.count)
        } else if scanner.matches(keyword, "vt") {
            materials.addCoordinate((0..<2).map { _ in scanner.token().flatMap { scanner.number($0) } ?? .nan })
        } else if scanner.matches(keyword, "mtllib") {
            materials.libraries.append(scanner.restOfLine())
        } else if scanner.matches(keyword, "usemtl") {
            materials.use(scanner.restOfLine(), at: assembly.faceEnds.count)
        }
    }

    private mutating func readVertex() throws {
        let line = scanner.line
        var numbers: (SIMD4<Double>, SIMD4<Double>) = (.zero, .zero)
        var count = 0
        while count < 7, let token = scanner.token() {
            guard let value = scanner.number(token) else {
                let text = scanner.text(token).prefix(40)
                throw Failure.mesh(
                    "'\(text)' is not a number", line: line, hint: text.contains(",") ? "write decimals with a point, not a comma" : nil)
            }
            if count < 4 { numbers.0[count] = value } else { numbers.1[count - 4] = value }
            count += 1
        }
        guard count >= 3 else { throw Failure.mesh("a vertex needs three numbers", line: line) }
        assembly.vertices.append(SIMD3(Float(numbers.0.x), Float(numbers.0.y), Float(numbers.0.z)))
        if count >= 6 {
            fillColors(upTo: assembly.vertices.count - 1)
            assembly.colors.append(SIMD3(Float(numbers.0.w), Float(numbers.1.x), Float(numbers.1.y)))
        } else {
            uncolored += 1
        }
    }

    /// Vertices before the first coloured one, or between two, have none.
    private mutating func fillColors(upTo count: Int) {
        while assembly.colors.count < count { assembly.colors.append(SIMD3(repeating: .nan)) }
    }

    private mutating func readFace() throws {
        let line = scanner.line
        while let token = scanner.token() {
            guard let index = scanner.integer(token) else {
                throw Failure.mesh("'\(scanner.text(token).prefix(40))' is not a vertex index", line: line)
            }
            guard index != 0 else { throw Failure.mesh("vertex index 0; they count from 1", line: line) }
            let vertex = index > 0 ? index - 1 : assembly.vertices.count + index
            guard vertex >= 0, vertex < Mesh.maximumCount else {
                throw Failure.mesh("vertex index \(index) is out of range after \(assembly.vertices.count) vertices", line: line)
            }
            assembly.corners.append(UInt32(vertex))
            materials.addCorner(scanner.integerAfterSlash(token))
        }
        assembly.faceEnds.append(assembly.corners.count)
        assembly.faceLines.append(line)
    }
}

/// Gathers the faces of named sets while the names in force change from face to face.
struct GroupRuns {
    private var object: String?
    private var names: [String] = []
    private var start = 0
    private var order: [String] = []
    private var faces: [String: [UInt32]] = [:]

    mutating func setObject(_ name: String?, at face: Int) {
        close(at: face)
        object = name
    }

    mutating func setGroups(_ names: [String], at face: Int) {
        close(at: face)
        self.names = names
    }

    /// The sets that have faces, in the order of their first face.
    mutating func finish(faceCount: Int) -> [Mesh.FaceGroup] {
        close(at: faceCount)
        return order.map { Mesh.FaceGroup(name: $0, fileFaces: faces[$0] ?? []) }
    }

    private mutating func close(at face: Int) {
        defer { start = face }
        guard face > start else { return }
        var seen = Set<String>()
        for name in [object].compactMap({ $0 }) + names where seen.insert(name).inserted {
            if faces[name] == nil { order.append(name) }
            faces[name, default: []].append(contentsOf: UInt32(start)..<UInt32(face))
        }
    }
}

/// Gathers texture coordinates and the materials in force while faces go by.
struct MaterialRuns {
    /// Names of material files.
    var libraries: [String] = []
    private var coordinates: [SIMD2<Float>] = []
    /// For each corner of a face the index of its coordinate, -1 for none; empty until there is one.
    private var indexOfCorner: [Int32] = []
    private var corners = 0
    private var names: [String] = []
    private var runs: [(start: Int, material: Int)] = []

    mutating func addCoordinate(_ numbers: [Double]) {
        // The file's v points upwards.
        coordinates.append(SIMD2(Float(numbers[0]), 1 - Float(numbers[1])))
    }

    mutating func use(_ name: String, at face: Int) {
        if !names.contains(name) { names.append(name) }
        runs.append((face, names.firstIndex(of: name) ?? 0))
    }

    /// Notes the index of a corner's coordinate, from 1 or backwards from the latest.
    mutating func addCorner(_ index: Int?) {
        corners += 1
        guard let index, index != 0 else {
            if !indexOfCorner.isEmpty { indexOfCorner.append(-1) }
            return
        }
        if indexOfCorner.isEmpty { indexOfCorner = [Int32](repeating: -1, count: corners - 1) }
        let place = index > 0 ? index - 1 : coordinates.count + index
        indexOfCorner.append(Int32(exactly: place) ?? -1)
    }

    /// Puts what was gathered into the assembly, if the file names materials that are beside it.
    func finish(_ assembly: inout MeshAssembly, path: String?) {
        guard !runs.isEmpty else { return }
        let known = libraries.prefix(16).flatMap { library -> [SurfaceAppearance.Material] in
            let file = path.map { URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent(library).path }
            return NeighbourFile.contents(named: library, of: path).map { MTLReader.read($0, path: file) } ?? []
        }
        guard !known.isEmpty else { return }
        assembly.materials = names.map { name in known.last { $0.name == name } ?? .init(name: name) }
        assembly.materialOfFace = [Int32](repeating: -1, count: assembly.faceEnds.count)
        for (index, run) in runs.enumerated() {
            let end = index + 1 < runs.count ? runs[index + 1].start : assembly.faceEnds.count
            for face in run.start..<end { assembly.materialOfFace[face] = Int32(run.material) }
        }
        assembly.coordinates = indexOfCorner.map { coordinates.element(Int($0)) ?? .nowhere }
    }
}
