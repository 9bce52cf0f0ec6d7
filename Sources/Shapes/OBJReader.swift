import BSBBasics
import Foundation

/// Reads Wavefront OBJ: `v`, `vt`, `vn`, `f`, `o`, `g`, and materials from files beside it; everything else (curves) is passed over.
///
/// Normals are kept only to be written again.
///
/// `v` may carry a weight (4 numbers, ignored) or a colour (6 or 7 numbers: the colour is numbers 4 to 6); ZBrush's `#MRGB` lines colour
/// vertices in order. Indices count from 1, or backwards from the latest vertex if negative, and may lead to vertices that come later in
/// the file. Keywords may be in any case.
struct OBJReader {
    private var scanner: TextScanner
    private var assembly = MeshAssembly()
    private var uncolored = 0
    private var paint: [SIMD3<Float>] = []
    private var groups = GroupRuns()
    private var materials: MaterialRuns

    init(_ scanner: TextScanner, path: String? = nil, options: MeshReadingOptions = MeshReadingOptions()) {
        self.scanner = scanner
        materials = MaterialRuns(neighbours: Neighbourhood(of: path))
        assembly.limits = options
    }

    /// The names in one `g` statement that are heeded; more only serve to make a small file large.
    private static let namesPerStatement = 32

    consuming func read() throws -> Mesh {
        assembly.vertices.reserveCapacity(scanner.count / 60)
        assembly.corners.reserveCapacity(scanner.count / 15)
        while !scanner.isAtEnd {
            if let keyword = scanner.token() { try readStatement(keyword) } else { readPaint() }
            scanner.nextLine()
        }
        settle()
        return try assembly.mesh()
    }

    private mutating func settle() {
        settleColors()
        assembly.groups = groups.finish(faceCount: assembly.faceEnds.count)
        materials.finish(&assembly)
    }

    private mutating func readStatement(_ keyword: TextScanner.Token) throws {
        if scanner.matchesIgnoringCase(keyword, "v") {
            try readVertex()
        } else if scanner.matchesIgnoringCase(keyword, "f") {
            try readFace()
        } else if scanner.matchesIgnoringCase(keyword, "o") {
            let name = scanner.restOfLine()
            groups.setObject(name.isEmpty ? nil : name, at: assembly.faceEnds.count)
        } else if scanner.matchesIgnoringCase(keyword, "g") {
            let names = scanner.restOfLine().split(whereSeparator: \.isWhitespace).prefix(Self.namesPerStatement)
            groups.setGroups(names.map(String.init), at: assembly.faceEnds.count)
        } else if scanner.matchesIgnoringCase(keyword, "vt") {
            materials.addCoordinate((0..<2).map { _ in scanner.token().flatMap { scanner.number($0) } ?? .nan })
        } else if scanner.matchesIgnoringCase(keyword, "vn") {
            let numbers = (0..<3).map { _ in scanner.token().flatMap { scanner.number($0) } ?? .nan }
            assembly.normals.append(SIMD3(Float(numbers[0]), Float(numbers[1]), Float(numbers[2])))
        } else if scanner.matchesIgnoringCase(keyword, "mtllib") {
            materials.libraries.append(scanner.restOfLine())
        } else if scanner.matchesIgnoringCase(keyword, "usemtl") {
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
        assembly.vertices.append(SIMD3(numbers.0.x, numbers.0.y, numbers.0.z))
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

    /// Reads the colours of a `#MRGB` line: eight hexadecimal digits for each vertex, a mask first, then red, green and blue.
    private mutating func readPaint() {
        let word = scanner.position..<(scanner.position + 5)
        guard word.upperBound < scanner.count, scanner.matchesIgnoringCase(word, "#mrgb") else { return }
        let digits = scanner.restOfLine().dropFirst(5).filter(\.isHexDigit)
        var rest = digits[...]
        while rest.count >= 8, let value = UInt32(rest.prefix(8), radix: 16) {
            paint.append(SIMD3(Float(value >> 16 & 255), Float(value >> 8 & 255), Float(value & 255)) / 255)
            rest = rest.dropFirst(8)
        }
    }

    private mutating func settleColors() {
        if assembly.colors.isEmpty, !paint.isEmpty {
            assembly.colors = Array(paint.prefix(assembly.vertices.count))
            uncolored = assembly.vertices.count - assembly.colors.count
        }
        if !assembly.colors.isEmpty, uncolored > 0 { assembly.remarks.append("\(uncolored) vertices have no color; they are white") }
    }

    /// Notes the index of the latest corner's normal, from 1 or backwards from the latest.
    private mutating func addNormal(_ index: Int?) {
        guard let index, index != 0 else {
            if !assembly.normalOfCorner.isEmpty { assembly.normalOfCorner.append(-1) }
            return
        }
        if assembly.normalOfCorner.isEmpty { assembly.normalOfCorner = [Int32](repeating: -1, count: assembly.corners.count - 1) }
        assembly.normalOfCorner.append(Int32(exactly: index > 0 ? index - 1 : assembly.normals.count + index) ?? -1)
    }

    private mutating func readFace() throws {
        let line = scanner.line
        while let word = scanner.token() {
            let token = scanner.withoutComment(word)
            if token.isEmpty { break }
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
            addNormal(scanner.integerAfterSecondSlash(token))
            if token != word { break }
        }
        assembly.faceEnds.append(assembly.corners.count)
        assembly.faceLines.append(line)
    }
}
