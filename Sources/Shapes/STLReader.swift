import BSBBasics
import Foundation

/// Reads stereolithography files; vertices stay unwelded, those of each facet, as in the file.
///
/// Every facet is a face of the file; several solids of a text become groups. Facets of binary files may have colours of 15 bits, in the
/// order of VisCAM or, where the header says `COLOR=`, of Magics.
enum STLReader {
    private static let headerSize = 84
    private static let facetSize = 50

    static func read(_ data: Data, options: MeshReadingOptions = MeshReadingOptions()) throws -> Mesh {
        let head = [UInt8](data.prefix(512))
        if isBinary(head: head, size: data.count) { return try readBinary(data, options) }
        let start = head.drop { $0 <= 32 || $0 >= 127 }.prefix(5)
        if !head.contains(0), String(decoding: start, as: UTF8.self).lowercased() == "solid" {
            return try TextScanner.scan(data) { scanner in try STLText(scanner, options).read() }
        }
        return try readBinary(data, options)
    }

    /// Whether the length is just right for the facet count at byte 80; many binary files begin with "solid", so the word proves nothing.
    static func isBinary(head: [UInt8], size: Int) -> Bool {
        guard head.count >= headerSize else { return false }
        return size == headerSize + facetSize * facetCount(head)
    }

    private static func facetCount(_ head: [UInt8]) -> Int {
        (0..<4).reduce(0) { $0 | Int(head[80 + $1]) << (8 * $1) }
    }

    private static func readBinary(_ data: Data, _ options: MeshReadingOptions) throws -> Mesh {
        guard data.count >= headerSize else {
            throw Failure.mesh("the file ends within the header of \(headerSize) bytes", offset: data.count)
        }
        let head = [UInt8](data.prefix(headerSize))
        let declared = facetCount(head)
        let held = (data.count - headerSize) / facetSize
        guard declared <= held else {
            throw Failure.mesh("the header declares \(declared) triangles, the file holds \(held)", offset: data.count)
        }
        try options.check(vertices: 3 * declared, faces: declared)
        var assembly = MeshAssembly()
        assembly.limits = options
        assembly.vertices.reserveCapacity(3 * declared)
        var attributes = [UInt16](repeating: 0, count: declared)
        data.withUnsafeBytes { bytes in
            for facet in 0..<declared {
                for corner in 0..<3 {
                    let start = headerSize + facet * facetSize + 12 + corner * 12
                    let position = SIMD3<Float>((0..<3).map { Float(bitPattern: littleEndian(bytes, start + 4 * $0)) })
                    assembly.vertices.append(SIMD3<Double>(position))
                }
                attributes[facet] = UInt16(littleEndian(bytes, headerSize + facet * facetSize + 46) >> 16)
                assembly.appendUnweldedFace(corners: 3)
            }
        }
        assembly.colors = colors(attributes, head)
        if held > declared { assembly.remarks.append("\(data.count - headerSize - declared * facetSize) bytes follow the last triangle") }
        return try assembly.mesh()
    }

    /// The colours of the corners of all facets; empty where no facet has one.
    private static func colors(_ attributes: [UInt16], _ head: [UInt8]) -> [SIMD3<Float>] {
        let mark = Array("COLOR=".utf8)
        let whole = (0..<70).first { Array(head[$0..<($0 + 6)]) == mark }.map { start in
            SIMD3<Float>((0..<3).map { Float(head[start + 6 + $0]) / 255 })
        }
        // The highest bit says that there is a colour; for Magics that the facet has the colour of the whole.
        guard whole != nil || attributes.contains(where: { $0 >> 15 == 1 }) else { return [] }
        return attributes.flatMap { bits -> [SIMD3<Float>] in
            let fields = SIMD3(Float(bits & 31), Float(bits >> 5 & 31), Float(bits >> 10 & 31)) / 31
            let isMarked = bits >> 15 == 1
            let color = whole.map { isMarked ? $0 : fields } ?? (isMarked ? SIMD3(fields.z, fields.y, fields.x) : .one)
            return [color, color, color]
        }
    }

    private static func littleEndian(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}

/// Reads the text form: keywords in any case, names to the end of their line, facets of any number of corners.
private struct STLText {
    private var scanner: TextScanner
    private var assembly = MeshAssembly()
    private var groups = GroupRuns()
    private var solids = 0
    private var corners = 0
    private var isInFacet = false
    private var oddFacets = 0

    init(_ scanner: TextScanner, _ options: MeshReadingOptions) {
        self.scanner = scanner
        assembly.limits = options
    }

    consuming func read() throws -> Mesh {
        while let token = scanner.tokenOnAnyLine() {
            if scanner.matchesIgnoringCase(token, "vertex") {
                try readVertex()
            } else if scanner.matchesIgnoringCase(token, "facet") || scanner.matchesIgnoringCase(token, "loop") {
                endFacet()
                isInFacet = true
            } else if scanner.matchesIgnoringCase(token, "endloop") || scanner.matchesIgnoringCase(token, "endfacet") {
                endFacet()
                isInFacet = false
            } else if scanner.matchesIgnoringCase(token, "solid") {
                endFacet()
                let name = scanner.restOfLine()
                groups.setObject(name.isEmpty ? "solid \(solids)" : name, at: assembly.faceEnds.count)
                solids += 1
                scanner.nextLine()
            } else if scanner.matchesIgnoringCase(token, "endsolid") {
                endFacet()
                scanner.nextLine()
            }
        }
        guard corners == 0 else { throw Failure.mesh("the file ends within a facet", line: scanner.line) }
        if oddFacets > 0 { assembly.remarks.append("\(oddFacets) facets are no triangles") }
        let sets = groups.finish(faceCount: assembly.faceEnds.count)
        if solids > 1 { assembly.groups = sets }
        return try assembly.mesh()
    }

    private mutating func readVertex() throws {
        var position = SIMD3<Double>.zero
        for axis in 0..<3 {
            guard let token = scanner.token(), let value = scanner.number(token) else {
                throw Failure.mesh("a vertex needs three numbers", line: scanner.line)
            }
            position[axis] = value
        }
        assembly.vertices.append(position)
        corners += 1
        // Without words around them, vertices come in threes.
        if !isInFacet, corners == 3 { endFacet() }
    }

    private mutating func endFacet() {
        guard corners > 0 else { return }
        if corners != 3 { oddFacets += 1 }
        assembly.appendUnweldedFace(corners: corners)
        assembly.faceLines.append(scanner.line)
        corners = 0
    }
}

extension MeshAssembly {
    /// Adds the face of the latest vertices.
    fileprivate mutating func appendUnweldedFace(corners count: Int) {
        corners.append(contentsOf: UInt32(vertices.count - count)..<UInt32(vertices.count))
        faceEnds.append(corners.count)
    }
}
