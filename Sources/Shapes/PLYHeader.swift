import BSBBasics

/// What the header of a PLY file says about its payload.
struct PLYHeader {
    enum Encoding {
        case ascii, littleEndian, bigEndian
    }

    enum ScalarType {
        case int8, uint8, int16, uint16, int32, uint32, float32, float64

        init?(name: String) {
            switch name {
            case "char", "int8": self = .int8
            case "uchar", "uint8": self = .uint8
            case "short", "int16": self = .int16
            case "ushort", "uint16": self = .uint16
            case "int", "int32": self = .int32
            case "uint", "uint32": self = .uint32
            case "float", "float32": self = .float32
            case "double", "float64": self = .float64
            default: return nil
            }
        }

        /// In bytes.
        var size: Int {
            switch self {
            case .int8, .uint8: 1
            case .int16, .uint16: 2
            case .int32, .uint32, .float32: 4
            case .float64: 8
            }
        }

        /// What stands for full brightness where the type holds a colour.
        var fullColor: Double {
            switch self {
            case .int8, .uint8, .int32, .uint32: 255
            case .int16, .uint16: 65535
            case .float32, .float64: 1
            }
        }
    }

    struct Property {
        var name: String
        var type: ScalarType
        /// The type of the number of items, if the property is a list.
        var listCount: ScalarType?
    }

    struct Element {
        var name: String
        var count: Int
        var properties: [Property] = []
    }

    private(set) var encoding = Encoding.ascii
    private(set) var elements: [Element] = []
    /// Where the payload may start, the likeliest place first: its own first byte may look like a line end.
    private(set) var payloads: [Int] = []
    /// Names of pictures, as MeshLab writes them in comments.
    private(set) var pictures: [String] = []
    private(set) var remarks: [String] = []

    /// Reads the header at the scanner's start and leaves the scanner at the payload.
    init(_ scanner: inout TextScanner) throws {
        guard let magic = scanner.tokenOnAnyLine(), scanner.matchesIgnoringCase(magic, "ply") else {
            throw Failure.mesh("this is not a PLY file", line: 1)
        }
        let usesPairs = scanner.byte(scanner.position) == 13 && scanner.byte(scanner.position + 1) == 10
        scanner.nextLine()
        var hasFormat = false
        while let keyword = scanner.tokenOnAnyLine() {
            let line = scanner.line
            switch scanner.text(keyword).lowercased() {
            case "end_header":
                guard hasFormat else { throw Failure.mesh("the header has no format line", line: line) }
                endHeader(&scanner, usesPairs: usesPairs)
                return
            case "format":
                try readFormat(&scanner)
                hasFormat = true
            case "element": try readElement(&scanner)
            case "property": try readProperty(&scanner)
            case "comment": readComment(&scanner)
            case "obj_info": break
            case let word:
                guard remarks.count < 16, word.utf8.first.map({ (97...122).contains($0) }) == true else {
                    throw Failure.mesh("'\(word.prefix(40))' is not known in a PLY header", line: line)
                }
                remarks.append("line \(line): '\(word.prefix(40))' is not known in a PLY header; the line was passed over")
            }
            scanner.nextLine()
        }
        throw Failure.mesh("the header does not end", line: scanner.line)
    }

    /// One line end follows, of the kind that the first line has, or, in files of two minds, of another.
    private mutating func endHeader(_ scanner: inout TextScanner, usesPairs: Bool) {
        var end = scanner.position
        while end < scanner.count, scanner.byte(end) != 10, scanner.byte(end) != 13 { end += 1 }
        let isPair = scanner.byte(end) == 13 && scanner.byte(end + 1) == 10
        let lengths = isPair ? (usesPairs ? [2, 1] : [1, 2]) : [1]
        payloads = lengths.map { min(scanner.count, end + $0) }
        scanner.nextLine()
    }

    private mutating func readComment(_ scanner: inout TextScanner) {
        guard let word = scanner.token(), scanner.matchesIgnoringCase(word, "texturefile") else { return }
        let name = scanner.restOfLine()
        if !name.isEmpty { pictures.append(name) }
    }

    private mutating func readFormat(_ scanner: inout TextScanner) throws {
        switch try word(&scanner, "format") {
        case "ascii": encoding = .ascii
        case "binary_little_endian": encoding = .littleEndian
        case "binary_big_endian": encoding = .bigEndian
        case let other: throw Failure.mesh("'\(other)' is not a PLY format", line: scanner.line)
        }
    }

    private mutating func readElement(_ scanner: inout TextScanner) throws {
        let name = try word(&scanner, "element name")
        guard let token = scanner.token(), let count = scanner.integer(token), count >= 0 else {
            throw Failure.mesh("element '\(name)' needs a count that is not negative", line: scanner.line)
        }
        elements.append(Element(name: name, count: count))
    }

    private mutating func readProperty(_ scanner: inout TextScanner) throws {
        guard !elements.isEmpty else { throw Failure.mesh("a property comes before any element", line: scanner.line) }
        var typeName = try word(&scanner, "property type")
        var listCount: ScalarType?
        if typeName == "list" {
            listCount = try type(word(&scanner, "list count type"), scanner.line)
            typeName = try word(&scanner, "list type")
        }
        let scalar = try type(typeName, scanner.line)
        let name = try word(&scanner, "property name")
        elements[elements.count - 1].properties.append(Property(name: name, type: scalar, listCount: listCount))
    }

    private func type(_ name: String, _ line: Int) throws -> ScalarType {
        guard let type = ScalarType(name: name) else { throw Failure.mesh("'\(name)' is not a PLY type", line: line) }
        return type
    }

    private func word(_ scanner: inout TextScanner, _ what: String) throws -> String {
        guard let token = scanner.token() else { throw Failure.mesh("the \(what) is missing", line: scanner.line) }
        return String(scanner.text(token).prefix(60)).lowercased()
    }
}
