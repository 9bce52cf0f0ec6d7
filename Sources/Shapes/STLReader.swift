import Basics
import Foundation

/// Reads stereolithography files; vertices stay unwelded, three for each facet, as in the file.
enum STLReader {
    private static let headerSize = 84
    private static let facetSize = 50

    static func read(_ data: Data) throws -> Mesh {
        let head = [UInt8](data.prefix(512))
        if isBinary(head: head, size: data.count) { return try readBinary(data) }
        if !head.contains(0), let start = head.firstIndex(where: { $0 > 32 && $0 < 127 }), head[start...].starts(with: Array("solid".utf8))
        {
            return try TextScanner.scan(data, readText)
        }
        return try readBinary(data)
    }

    /// Whether the length is just right for the facet count at byte 80; many binary files begin with "solid", so the word proves nothing.
    static func isBinary(head: [UInt8], size: Int) -> Bool {
        guard head.count >= headerSize else { return false }
        return size == headerSize + facetSize * facetCount(head)
    }

    private static func facetCount(_ head: [UInt8]) -> Int {
        (0..<4).reduce(0) { $0 | Int(head[80 + $1]) << (8 * $1) }
    }

    private static func readBinary(_ data: Data) throws -> Mesh {
        guard data.count >= headerSize else {
            throw Failure.mesh("the file ends within the header of \(headerSize) bytes", offset: data.count)
        }
        let declared = facetCount([UInt8](data.prefix(headerSize)))
        let held = (data.count - headerSize) / facetSize
        guard declared <= held else {
            throw Failure.mesh("the header declares \(declared) triangles, the file holds \(held)", offset: data.count)
        }
        guard declared * 3 <= Mesh.maximumCount else { throw Failure.mesh("\(declared) triangles are too many") }
        var assembly = MeshAssembly()
        assembly.vertices.reserveCapacity(3 * declared)
        data.withUnsafeBytes { bytes in
            for facet in 0..<declared {
                for corner in 0..<3 {
                    let start = headerSize + facet * facetSize + 12 + corner * 12
                    let position = SIMD3<Float>((0..<3).map { Float(bitPattern: littleEndian(bytes, start + 4 * $0)) })
                    assembly.vertices.append(position)
                }
                assembly.appendUnweldedTriangle()
            }
        }
        if held > declared { assembly.remarks.append("\(data.count - headerSize - declared * facetSize) bytes follow the last triangle") }
        return try assembly.mesh()
    }

    private static func littleEndian(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    private static func readText(_ scanner: TextScanner) throws -> Mesh {
        var scanner = scanner
        var assembly = MeshAssembly()
        while let token = scanner.tokenOnAnyLine() {
            guard scanner.matchesIgnoringCase(token, "vertex") else { continue }
            var position = SIMD3<Float>.zero
            for axis in 0..<3 {
                guard let token = scanner.token(), let value = scanner.number(token) else {
                    throw Failure.mesh("a vertex needs three numbers", line: scanner.line)
                }
                position[axis] = Float(value)
            }
            assembly.vertices.append(position)
            if assembly.vertices.count % 3 == 0 {
                assembly.appendUnweldedTriangle()
                assembly.faceLines.append(scanner.line)
            }
        }
        guard assembly.vertices.count % 3 == 0 else { throw Failure.mesh("the file ends within a facet", line: scanner.line) }
        return try assembly.mesh()
    }
}

extension MeshAssembly {
    /// Adds the face of the three latest vertices.
    fileprivate mutating func appendUnweldedTriangle() {
        let first = UInt32(vertices.count - 3)
        corners.append(contentsOf: [first, first + 1, first + 2])
        faceEnds.append(corners.count)
    }
}
