import BSBBasics
import Foundation

/// Reads Geomview OFF with normals (N), colours (C) and texture coordinates (ST) at vertices, and polygons of any size.
///
/// The keyword may be missing, share its line with the counts, or even touch them ("OFF8 6 0", a slip of a well-known collection). Colours
/// of faces are read, and those of vertices also where the header has no C.
struct OFFReader {
    /// What each vertex line holds.
    struct Variant {
        var hasNormals = false
        var hasColors = false
        var hasTextureCoordinates = false

        /// Whether there is anything but positions.
        var isMore: Bool { hasNormals || hasColors || hasTextureCoordinates }

        /// Positions only.
        init() {}

        /// The variant of a header such as `COFF`; nil if it is none.
        init?(header: String) {
            let header = header.uppercased()
            guard let end = header.range(of: "OFF") else { return nil }
            guard header[end.upperBound...].utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
            var prefix = header[..<end.lowerBound]
            if prefix.hasPrefix("ST") {
                hasTextureCoordinates = true
                prefix = prefix.dropFirst(2)
            }
            if prefix.hasPrefix("C") {
                hasColors = true
                prefix = prefix.dropFirst()
            }
            if prefix.hasPrefix("N") {
                hasNormals = true
                prefix = prefix.dropFirst()
            }
            guard prefix.isEmpty else { return nil }
        }
    }

    private var scanner: TextScanner
    private var assembly = MeshAssembly()
    private var faceColors = FaceColors()
    private var variant = Variant()
    /// Whether each vertex has a line of its own with colours that the header does not tell of.
    private let hasUntoldColors: Bool

    /// Reads the file; where lines of vertices are longer than the header says, with colours if that gives a mesh.
    static func read(_ data: Data, options: MeshReadingOptions) throws -> Mesh {
        try TextScanner.scan(data) { scanner in
            var probe = OFFReader(scanner, hasUntoldColors: false)
            if let counts = try? probe.readHeader(), counts.vertices > 0, !probe.variant.isMore, probe.linesHaveColors() {
                let reader = OFFReader(scanner, hasUntoldColors: true, options: options)
                if var mesh = try? reader.read() {
                    mesh.remarks.insert("the vertices have colors, which the header does not tell (it should say COFF)", at: 0)
                    return mesh
                }
            }
            return try OFFReader(scanner, hasUntoldColors: false, options: options).read()
        }
    }

    private init(_ scanner: TextScanner, hasUntoldColors: Bool, options: MeshReadingOptions = MeshReadingOptions()) {
        self.scanner = scanner
        self.hasUntoldColors = hasUntoldColors
        assembly.limits = options
    }

    /// Whether the next line has a position and three or four numbers that can be a colour.
    private func linesHaveColors() -> Bool {
        var scanner = scanner
        while scanner.tokensOnLine() == 0, !scanner.isAtEnd { scanner.nextLine() }
        guard [6, 7].contains(scanner.tokensOnLine()) else { return false }
        let numbers = (0..<6).compactMap { _ in scanner.token().flatMap { scanner.number($0) } }
        return numbers.count == 6 && numbers[3...].allSatisfy { $0 >= 0 && $0 <= 255 }
    }

    private consuming func read() throws -> Mesh {
        let counts = try readHeader()
        if hasUntoldColors { variant.hasColors = true }
        // Each vertex takes two bytes at the very least, so the file's own size bounds what is worth reserving.
        assembly.vertices.reserveCapacity(min(counts.vertices, scanner.count / 6))
        assembly.corners.reserveCapacity(min(counts.faces, scanner.count / 6) * 3)
        for index in 0..<counts.vertices { try readVertex(index, of: counts.vertices) }
        for index in 0..<counts.faces { try readFace(index, of: counts.faces) }
        settle()
        return try assembly.mesh()
    }

    private mutating func settle() { faceColors.finish(&assembly) }

    private mutating func readHeader() throws -> (vertices: Int, faces: Int) {
        guard var token = scanner.tokenOnAnyLine() else { throw Failure.mesh("the file holds nothing but comments") }
        if scanner.integer(token) == nil {
            let word = scanner.text(token.lowerBound..<min(token.upperBound, token.lowerBound + 40))
            guard let variant = Variant(header: word) else {
                throw Failure.mesh("'\(word)' is not an OFF header that is understood", line: scanner.line)
            }
            self.variant = variant
            if word.utf8.last != UInt8(ascii: "F") {
                // The counts touch the keyword: "OFF8 6 0".
                token = (token.upperBound - word.utf8.reversed().prefix { $0 != UInt8(ascii: "F") }.count)..<token.upperBound
                return try counts(vertices: count(token, "vertices"))
            }
            guard let next = scanner.tokenOnAnyLine() else { throw Failure.mesh("the counts are missing", line: scanner.line) }
            token = next
        }
        return try counts(vertices: count(token, "vertices"))
    }

    /// The number of edges, which ends the line, is of no use and often wrong.
    private mutating func counts(vertices: Int) throws -> (vertices: Int, faces: Int) {
        guard let token = scanner.tokenOnAnyLine() else { throw Failure.mesh("the number of faces is missing", line: scanner.line) }
        let faces = try count(token, "faces")
        scanner.nextLine()
        return (vertices, faces)
    }

    private func count(_ token: TextScanner.Token, _ what: String) throws -> Int {
        guard let count = scanner.integer(token), count >= 0 else {
            let text = scanner.text(token).prefix(40)
            let hint = text.uppercased() == "BINARY" ? "binary OFF is not read; convert it to PLY" : nil
            throw Failure.mesh("'\(text)' is not a number of \(what)", line: scanner.line, hint: hint)
        }
        guard count <= Mesh.maximumCount else {
            throw Failure.mesh("the header declares \(count) \(what), more than \(Mesh.maximumCount)", line: scanner.line)
        }
        return count
    }

    private mutating func readVertex(_ index: Int, of count: Int) throws {
        let position = try SIMD3(number("vertex", index, count), number("vertex", index, count), number("vertex", index, count))
        assembly.vertices.append(position)
        if variant.hasNormals { for _ in 0..<3 { _ = try number("vertex", index, count) } }
        if variant.hasColors { readColor() }
        if variant.isMore { scanner.nextLine() }
    }

    /// Three or four numbers, whatever the header's letter of the law: alpha is often left out.
    private mutating func readColor() {
        var color = SIMD3<Float>(repeating: .nan)
        for channel in 0..<3 {
            guard let token = scanner.token(), let value = scanner.number(token) else { break }
            color[channel] = Float(value)
        }
        assembly.colors.append(color)
    }

    private mutating func number(_ what: String, _ index: Int, _ count: Int) throws -> Double {
        guard let token = scanner.tokenOnAnyLine() else { throw ended(what, index, count) }
        guard let value = scanner.number(token) else {
            let text = scanner.text(token).prefix(40)
            throw Failure.mesh(
                "'\(text)' is not a number", line: scanner.line, hint: text.contains(",") ? "write decimals with a point, not a comma" : nil
            )
        }
        return value
    }

    private mutating func readFace(_ index: Int, of count: Int) throws {
        guard let token = scanner.tokenOnAnyLine() else { throw ended("face", index, count) }
        let line = scanner.line
        guard let corners = scanner.integer(token), corners >= 0 else {
            throw Failure.mesh("'\(scanner.text(token).prefix(40))' is not a number of corners", line: line)
        }
        for _ in 0..<corners {
            guard let token = scanner.tokenOnAnyLine() else { throw ended("face", index, count) }
            guard let vertex = scanner.integer(token), vertex >= 0, vertex < assembly.vertices.count else {
                let text = scanner.text(token).prefix(40)
                throw Failure.mesh(
                    "'\(text)' is not the index of one of the \(assembly.vertices.count) vertices", line: scanner.line,
                    hint: variant.isMore ? nil : "if the vertices have colors or normals, the header should say COFF or NOFF")
            }
            assembly.corners.append(UInt32(vertex))
        }
        assembly.faceEnds.append(assembly.corners.count)
        assembly.faceLines.append(line)
        if let color = faceColor() { faceColors.add(color, of: index) }
        scanner.nextLine()
    }

    /// What is left of a face's line, if it is three or four numbers; one alone is an index into a map that nobody has.
    private func faceColor() -> SIMD3<Float>? {
        var scanner = scanner
        let numbers = (0..<4).compactMap { _ in scanner.token().flatMap { scanner.number($0) } }
        guard numbers.count >= 3, numbers[..<3].allSatisfy({ $0 >= 0 && $0 <= 255 }) else { return nil }
        return SIMD3(Float(numbers[0]), Float(numbers[1]), Float(numbers[2]))
    }

    private func ended(_ what: String, _ index: Int, _ count: Int) -> Failure {
        Failure.mesh("the file ends within \(what) \(index) (from 0), of \(count) declared", line: scanner.line)
    }
}
