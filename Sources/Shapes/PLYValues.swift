import BSBBasics

/// Where the payload's numbers come from, one after the other.
protocol PLYValues {
    mutating func next(_ type: PLYHeader.ScalarType) throws -> Double
    /// A failure that names the place of the latest value.
    func failure(_ reason: String) -> Failure
    /// What follows the last element: a failure where the counts cannot be right, a remark where it is harmless.
    mutating func leftover() throws -> String?
}

struct PLYTextValues: PLYValues {
    var scanner: TextScanner

    mutating func next(_ type: PLYHeader.ScalarType) throws -> Double {
        guard let token = scanner.tokenOnAnyLine() else { throw failure("the file ends before the elements that its header declares") }
        guard let value = scanner.number(token) else { throw failure("'\(scanner.text(token).prefix(40))' is not a number") }
        return value
    }

    func failure(_ reason: String) -> Failure { Failure.mesh(reason, line: scanner.line) }

    mutating func leftover() -> String? {
        guard scanner.tokenOnAnyLine() != nil else { return nil }
        return "from line \(scanner.line) on there is more than the header declares"
    }
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

    func leftover() throws -> String? {
        let rest = offset..<bytes.count
        guard !rest.isEmpty else { return nil }
        guard rest.allSatisfy({ [9, 10, 13, 26, 32].contains(bytes.byte($0)) }) else {
            throw Failure.mesh(
                "\(rest.count) bytes are left over after the elements that the header declares", offset: offset,
                hint: "the counts or properties in the header are not those of the data, or line ends were changed on the way")
        }
        return "\(rest.count) blank bytes follow the last element"
    }
}
