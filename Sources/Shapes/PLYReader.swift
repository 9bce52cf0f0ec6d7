import BSBBasics
import Foundation

/// Reads PLY files: elements and properties in any order, of any type; positions, colours, places in pictures and the corners of faces
/// and strips are kept.
enum PLYReader {
    static func read(_ data: Data, path: String? = nil, options: MeshReadingOptions = MeshReadingOptions()) throws -> Mesh {
        try TextScanner.scan(data) { scanner in
            var scanner = scanner
            let header = try PLYHeader(&scanner)
            guard header.elements.contains(where: { $0.name == "vertex" }) else { throw Failure.mesh("the file has no element 'vertex'") }
            guard header.encoding != .ascii else {
                return try PLYBody(source: PLYTextValues(scanner: scanner), header, path, options).read()
            }
            func body(_ payload: Int) -> PLYBody<PLYBinaryValues> {
                let source = PLYBinaryValues(bytes: scanner, offset: payload, isBigEndian: header.encoding == .bigEndian)
                return PLYBody(source: source, header, path, options)
            }
            // Of two places where the payload may start, the one from which it fits exactly is right.
            if header.payloads.count > 1 {
                for payload in header.payloads { if let mesh = try? body(payload).read(exactly: true) { return mesh } }
                for payload in header.payloads.dropFirst() { if let mesh = try? body(payload).read() { return mesh } }
            }
            return try body(header.payloads[0]).read()
        }
    }
}

/// What a property is good for.
private enum PLYUse {
    case axis(Int), color(Int, full: Double), place(Int), corners, wedges, picture, nothing

    init(ofVertex property: PLYHeader.Property) {
        guard property.listCount == nil else {
            self = .nothing
            return
        }
        switch property.name {
        case "x": self = .axis(0)
        case "y": self = .axis(1)
        case "z": self = .axis(2)
        case "s", "u", "texture_u", "texture_s", "tx": self = .place(0)
        case "t", "v", "texture_v", "texture_t", "ty": self = .place(1)
        default: self = Self.color(property)
        }
    }

    /// What a property of a face is good for; `corners` names the list of its vertices.
    init(ofFace property: PLYHeader.Property, corners: String?) {
        if property.listCount != nil {
            self = property.name == corners ? .corners : property.name == "texcoord" ? .wedges : .nothing
        } else {
            self = property.name == "texnumber" ? .picture : Self.color(property)
        }
    }

    private static func color(_ property: PLYHeader.Property) -> PLYUse {
        switch property.name {
        case "red", "diffuse_red", "r": .color(0, full: property.type.fullColor)
        case "green", "diffuse_green", "g": .color(1, full: property.type.fullColor)
        case "blue", "diffuse_blue", "b": .color(2, full: property.type.fullColor)
        default: .nothing
        }
    }

    var isColor: Bool { if case .color = self { true } else { false } }
}

/// Sorts the payload's numbers into vertices and faces.
private struct PLYBody<Source: PLYValues> {
    private var source: Source
    private let header: PLYHeader
    private let path: String?
    private var assembly = MeshAssembly()
    private var faceColors = FaceColors()
    /// Empty, or the place of each vertex in a picture.
    private var vertexPlaces: [SIMD2<Float>] = []
    private var pictureOfFace: [Int32] = []

    init(source: Source, _ header: PLYHeader, _ path: String?, _ options: MeshReadingOptions) {
        (self.source, self.header, self.path) = (source, header, path)
        assembly.limits = options
        assembly.remarks = header.remarks
    }

    /// The mesh; with `exactly`, nothing may follow its last element.
    consuming func read(exactly: Bool = false) throws -> Mesh {
        for element in header.elements where !element.properties.isEmpty {
            switch element.name {
            case "vertex": try readVertices(element)
            case "face": try readFaces(element)
            case "tristrips": try readStrips(element)
            default: try pass(element)
            }
        }
        if let remark = try source.leftover() {
            if exactly { throw source.failure(remark) }
            assembly.remarks.append(remark)
        }
        settle()
        return try assembly.mesh()
    }

    private mutating func readVertices(_ element: PLYHeader.Element) throws {
        try checkCount(element)
        let uses = element.properties.map { PLYUse(ofVertex: $0) }
        let names = Set(element.properties.map(\.name))
        guard names.isSuperset(of: ["x", "y", "z"]) else { throw Failure.mesh("the vertices have no x, y and z") }
        let hasColors = uses.contains(where: \.isColor)
        let hasPlaces = uses.count { if case .place = $0 { true } else { false } } == 2
        for _ in 0..<element.count {
            var position = SIMD3<Double>.zero
            var color = SIMD3<Float>.zero
            var place = SIMD2<Float>.zero
            for (property, use) in zip(element.properties, uses) {
                if property.listCount != nil {
                    try passList(property)
                    continue
                }
                let value = try source.next(property.type)
                switch use {
                case .axis(let axis): position[axis] = value
                case .color(let channel, let full): color[channel] = Float(value / full)
                case .place(let axis): place[axis] = Float(value)
                default: break
                }
            }
            assembly.vertices.append(position)
            if hasColors { assembly.colors.append(color) }
            if hasPlaces { vertexPlaces.append(place) }
        }
    }

    private mutating func readFaces(_ element: PLYHeader.Element) throws {
        try checkCount(element)
        let corners = try cornerList(element)
        let uses = element.properties.map { PLYUse(ofFace: $0, corners: corners) }
        let hasColors = uses.contains(where: \.isColor)
        for _ in 0..<element.count {
            var color = SIMD3<Float>.zero
            var (wedges, picture): ([Float], Int32) = ([], 0)
            for (property, use) in zip(element.properties, uses) {
                switch use {
                case .corners: try readCorners(property)
                case .wedges: wedges = try readList(property)
                case .color(let channel, let full): color[channel] = Float(try source.next(property.type) / full)
                case .picture: picture = Int32(exactly: try source.next(property.type)) ?? -1
                default: if property.listCount != nil { try passList(property) } else { _ = try source.next(property.type) }
                }
            }
            assembly.faceEnds.append(assembly.corners.count)
            if hasColors { faceColors.add(color, of: assembly.faceEnds.count - 1) }
            if !wedges.isEmpty { addWedges(wedges) }
            if !header.pictures.isEmpty { pictureOfFace.append(picture) }
        }
    }

    /// The name of the list of a face's vertices.
    private mutating func cornerList(_ element: PLYHeader.Element) throws -> String? {
        let lists = element.properties.filter { $0.listCount != nil }.map(\.name)
        let usual = ["vertex_indices", "vertex_index", "vertexindices", "vertexindex", "vertex_indexes", "vertices", "indices"]
        if let name = lists.first(where: usual.contains) { return name }
        let integers = element.properties.filter { $0.listCount != nil && $0.type != .float32 && $0.type != .float64 }
        if integers.count == 1 {
            assembly.remarks.append("the list '\(integers[0].name)' was taken for the vertices of the faces")
            return integers[0].name
        }
        guard element.count == 0 else { throw Failure.mesh("the faces have no list 'vertex_indices'") }
        return nil
    }

    /// Gives the latest face's corners their places, if there are two numbers for each.
    private mutating func addWedges(_ numbers: [Float]) {
        let corners = assembly.corners.count - (assembly.faceEnds.dropLast().last ?? 0)
        guard numbers.count == 2 * corners else { return }
        padPlaces(to: assembly.corners.count - corners)
        for corner in 0..<corners { assembly.places.append(SIMD2(numbers[2 * corner], numbers[2 * corner + 1])) }
    }

    private mutating func padPlaces(to count: Int) {
        assembly.places += repeatElement(.nowhere, count: max(0, count - assembly.places.count))
    }

    /// Reads triangle strips; -1 ends one.
    private mutating func readStrips(_ element: PLYHeader.Element) throws {
        let corners = try cornerList(element)
        for _ in 0..<element.count {
            for property in element.properties {
                guard property.name == corners else {
                    if property.listCount != nil { try passList(property) } else { _ = try source.next(property.type) }
                    continue
                }
                var strip: [UInt32] = []
                for _ in 0..<(try listCount(property)) {
                    let index = try source.next(property.type)
                    if index == -1 || index == 4_294_967_295 {
                        addStrip(strip)
                        strip = []
                    } else {
                        strip.append(try corner(index))
                    }
                }
                addStrip(strip)
            }
        }
    }

    private mutating func addStrip(_ strip: [UInt32]) {
        for first in 0..<max(0, strip.count - 2) {
            let (a, b, c) = (strip[first], strip[first + 1], strip[first + 2])
            assembly.corners += first % 2 == 0 ? [a, b, c] : [b, a, c]
            assembly.faceEnds.append(assembly.corners.count)
            if !header.pictures.isEmpty { pictureOfFace.append(-1) }
        }
    }

    private mutating func settle() {
        settlePictures()
        faceColors.finish(&assembly, full: 1)
    }

    private mutating func settlePictures() {
        if !assembly.places.isEmpty {
            padPlaces(to: assembly.corners.count)
        } else if !vertexPlaces.isEmpty {
            assembly.places = assembly.corners.map { vertexPlaces.element(Int($0)) ?? .nowhere }
        }
        assembly.coordinates = assembly.places.map { SIMD2($0.x, 1 - $0.y) }
        guard !header.pictures.isEmpty else { return }
        var neighbours = Neighbourhood(of: path)
        assembly.materials = header.pictures.prefix(256).map { name in
            .init(name: name, picture: neighbours.contents(named: name, .picture))
        }
        let count = Int32(assembly.materials.count)
        assembly.materialOfFace = pictureOfFace.map { $0 < count ? $0 : -1 }
        assembly.neighbours = neighbours.files
        assembly.remarks += neighbours.remarks
    }

    private mutating func readCorners(_ property: PLYHeader.Property) throws {
        for _ in 0..<(try listCount(property)) { assembly.corners.append(try corner(source.next(property.type))) }
    }

    private func corner(_ index: Double) throws -> UInt32 {
        guard let corner = UInt32(exactly: index) else { throw source.failure("\(index) is not a vertex index") }
        return corner
    }

    private mutating func readList(_ property: PLYHeader.Property) throws -> [Float] {
        let count = try listCount(property)
        var numbers: [Float] = []
        for _ in 0..<count { numbers.append(Float(try source.next(property.type))) }
        return numbers
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
