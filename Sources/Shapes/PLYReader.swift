import Basics
import Foundation

/// Reads PLY files: elements and properties in any order, of any type; positions, colours and the corners of faces are kept.
enum PLYReader {
    static func read(_ data: Data) throws -> Mesh {
        try TextScanner.scan(data) { scanner in
            var scanner = scanner
            let header = try PLYHeader(&scanner)
            guard header.elements.contains(where: { $0.name == "vertex" }) else { throw Failure.mesh("the file has no element 'vertex'") }
            switch header.encoding {
            case .ascii:
                return try PLYBody(source: PLYTextValues(scanner: scanner)).read(header)
            case .littleEndian, .bigEndian:
                let source = PLYBinaryValues(bytes: scanner, offset: header.payload, isBigEndian: header.encoding == .bigEndian)
                return try PLYBody(source: source).read(header)
            }
        }
    }
}

/// Where the payload's numbers come from, one after the other.
protocol PLYValues {
    mutating func next(_ type: PLYHeader.ScalarType) throws -> Double
    /// A failure that names the place of the latest value.
    func failure(_ reason: String) -> Failure
}

struct PLYTextValues: PLYValues {
    var scanner: TextScanner

    mutating func next(_ type: PLYHeader.ScalarType) throws -> Double {
        guard let token = scanner.tokenOnAnyLine() else { throw failure("the file ends before the elements that its header declares") }
        guard let value = scanner.number(token) else { throw failure("'\(scanner.text(token).prefix(40))' is not a number") }
        return value
    }

    func failure(_ reason: String) -> Failure { Failure.mesh(reason, line: scanner.line) }
}

struct PLYBinaryValues: PLYValues {
    let bytes: TextScanner
    var offset: Int
    let isBigEndian: Bool

    @inline(__always)
    mutating func next(_ type: PLYHeader.ScalarType) throws -> Double {
        let size = type.size
        guard bytes.count - offset >= size else { throw failure("the file ends before the elements that its header declares") }
        var bits: UInt64 = 0
        for index in 0..<size {
            bits = bits << 8 | UInt64(bytes.byte(offset + (isBigEndian ? index : size - 1 - index)))
        }
        offset += size
        switch type {
        case .int8: return Double(Int8(truncatingIfNeeded: bits))
        case .int16: return Double(Int16(truncatingIfNeeded: bits))
        case .int32: return Double(Int32(truncatingIfNeeded: bits))
        case .uint8, .uint16, .uint32: return Double(bits)
        case .float32: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .float64: return Double(bitPattern: bits)
        }
    }

    func failure(_ reason: String) -> Failure { Failure.mesh(reason, offset: offset) }
}

/// What a property of a vertex is good for.
private enum PLYVertexUse {
    case axis(Int), color(Int, full: Double), nothing

    init(_ property: PLYHeader.Property) {
        switch property.name {
        case "x": self = .axis(0)
        case "y": self = .axis(1)
        case "z": self = .axis(2)
        case "red", "diffuse_red", "r": self = .color(0, full: property.type.fullColor)
        case "green", "diffuse_green", "g": self = .color(1, full: property.type.fullColor)
        case "blue", "diffuse_blue", "b": self = .color(2, full: property.type.fullColor)
        default: self = .nothing
        }
    }
}

/// Sorts the payload's numbers into vertices and faces.
private struct PLYBody<Source: PLYValues> {
    private var source: Source
    private var assembly = MeshAssembly()

    init(source: Source) {
        self.source = source
    }

    consuming func read(_ header: PLYHeader) throws -> Mesh {
        for element in header.elements where !element.properties.isEmpty {
            switch element.name {
            case "vertex": try readVertices(element)
            case "face": try readFaces(element)
            default: try pass(element)
            }
        }
        return try assembly.mesh()
    }

    private mutating func readVertices(_ element: PLYHeader.Element) throws {
        try checkCount(element)
        let uses = element.properties.map { PLYVertexUse($0) }
        let names = Set(element.properties.map(\.name))
        guard names.isSuperset(of: ["x", "y", "z"]) else { throw Failure.mesh("the vertices have no x, y and z") }
        let hasColors = uses.contains { if case .color = $0 { true } else { false } }
        for _ in 0..<element.count {
            var position = SIMD3<Float>.zero
            var color = SIMD3<Float>.zero
            for (property, use) in zip(element.properties, uses) {
                if property.listCount != nil {
                    try passList(property)
                    continue
                }
                let value = try source.next(property.type)
                switch use {
                case .axis(let axis): position[axis] = Float(value)
                case .color(let channel, let full): color[channel] = Float(value / full)
                case .nothing: break
                }
            }
            assembly.vertices.append(position)
            if hasColors { assembly.colors.append(color) }
        }
    }

    private mutating func readFaces(_ element: PLYHeader.Element) throws {
        try checkCount(element)
        let isCorners = element.properties.map { $0.listCount != nil && ["vertex_indices", "vertex_index"].contains($0.name) }
        guard isCorners.contains(true) || element.count == 0 else { throw Failure.mesh("the faces have no list 'vertex_indices'") }
        for _ in 0..<element.count {
            for (property, isCorners) in zip(element.properties, isCorners) {
                if isCorners {
                    try readCorners(property)
                } else if property.listCount != nil {
                    try passList(property)
                } else {
                    _ = try source.next(property.type)
                }
            }
            assembly.faceEnds.append(assembly.corners.count)
        }
    }

    private mutating func readCorners(_ property: PLYHeader.Property) throws {
        for _ in 0..<(try listCount(property)) {
            let index = try source.next(property.type)
            guard let corner = UInt32(exactly: index) else { throw source.failure("\(index) is not a vertex index") }
            assembly.corners.append(corner)
        }
    }

    private mutating func listCount(_ property: PLYHeader.Property) throws -> Int {
        let value = try source.next(property.listCount ?? .uint8)
        guard let count = Int(exactly: value), count >= 0 else { throw source.failure("a list of \(value) items") }
        return count
    }

    private mutating func passList(_ property: PLYHeader.Property) throws {
        for _ in 0..<(try listCount(property)) { _ = try source.next(property.type) }
    }

    private mutating func pass(_ element: PLYHeader.Element) throws {
        for _ in 0..<element.count {
            for property in element.properties {
                if property.listCount != nil { try passList(property) } else { _ = try source.next(property.type) }
            }
        }
    }

    private func checkCount(_ element: PLYHeader.Element) throws {
        guard element.count <= Mesh.maximumCount else {
            throw Failure.mesh("the header declares \(element.count) of '\(element.name)', more than \(Mesh.maximumCount)")
        }
    }
}
