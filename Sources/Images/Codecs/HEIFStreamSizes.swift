import Foundation

/// The sizes of pictures that the streams inside a HEIC or AVIF file give themselves.
///
/// A decoder takes memory by what the stream says, whatever the container around it says, so that these have to be looked at before decoding:
/// sequence headers of AV1, sequence parameter sets of HEVC, and the canvases of grids and overlays (ISO/IEC 14496-12, 14496-15 and 23008-12).
/// What is damaged is left out; the decoder tells of it.
struct HEIFStreamSizes {
    private(set) var sizes: [(width: Int, height: Int)] = []
    private let file: UnsafeRawBufferPointer
    private var kinds: [UInt64: String] = [:]
    private var extents: [UInt64: [(fromInside: Bool, offset: UInt64, length: UInt64)]] = [:]
    /// Where `idat`, which some items are stored in, is.
    private var inside = 0..<0
    /// How many bytes tell the length of a unit of HEVC.
    private var lengthSize = 4

    /// Reads the boxes of a file; in time linear in its size.
    init(_ bytes: UnsafeRawBufferPointer) {
        file = bytes
        for box in boxes(0..<bytes.count) where box.kind == "meta" { readMeta(box.content.dropFirst(4)) }
        // Extents may overlap: no more is looked at than a few times the file.
        var budget = 4 * bytes.count
        for (item, kind) in kinds.sorted(by: { $0.key < $1.key }) where ["av01", "hvc1", "hev1", "grid", "iovl"].contains(kind) {
            var data: [UInt8] = []
            for part in extents[item] ?? [] {
                let space = part.fromInside ? inside : 0..<bytes.count
                guard part.offset <= space.count else { continue }
                let start = space.lowerBound + Int(part.offset)
                let rest = space.upperBound - start
                let length = part.length == 0 ? rest : Int(clamping: min(part.length, UInt64(rest)))
                budget -= length
                guard budget >= 0 else { return }
                data += bytes[start..<start + length]
            }
            switch kind {
            case "av01": readAV1(data[...])
            case "grid", "iovl": readCanvas(data, skipping: kind == "grid" ? 4 : 10)
            default: readUnits(data)
            }
        }
    }

    // MARK: Boxes

    private func boxes(_ range: Range<Int>) -> [(kind: String, content: Range<Int>)] {
        var found: [(kind: String, content: Range<Int>)] = []
        var cursor = Bits(file[range])
        while let small = cursor.integer(32), let code = cursor.integer(32) {
            let start = range.lowerBound + cursor.byte
            let kind = String(decoding: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: code >> $0) }, as: UTF8.self)
            var length = small
            var head = 8
            if small == 1 {
                guard let large = cursor.integer(64) else { break }
                (length, head) = (large, 16)
            }
            let begin = start - 8
            let end = length == 0 ? range.upperBound : begin + Int(clamping: min(length, UInt64(range.upperBound - begin)))
            guard end >= begin + head else { break }
            found.append((kind, begin + head..<end))
            cursor.move(toByte: end - range.lowerBound)
        }
        return found
    }

    private mutating func readMeta(_ range: Range<Int>) {
        for box in boxes(range) {
            switch box.kind {
            case "iinf": readKinds(box.content)
            case "iloc": readExtents(box.content)
            case "idat": inside = box.content
            case "iprp":
                for container in boxes(box.content) where container.kind == "ipco" {
                    for property in boxes(container.content) { readConfiguration(property.kind, property.content) }
                }
            default: break
            }
        }
    }

    private mutating func readKinds(_ range: Range<Int>) {
        guard let version = file[range].first else { return }
        for entry in boxes(range.dropFirst(version == 0 ? 6 : 8)) where entry.kind == "infe" {
            var cursor = Bits(file[entry.content])
            guard let version = cursor.integer(8), version >= 2, cursor.integer(24) != nil,
                let item = cursor.integer(version == 2 ? 16 : 32),
                cursor.integer(16) != nil, let code = cursor.integer(32)
            else { continue }
            kinds[item] = String(decoding: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: code >> $0) }, as: UTF8.self)
        }
    }

    private mutating func readExtents(_ range: Range<Int>) {
        var cursor = Bits(file[range])
        guard let version = cursor.integer(8), cursor.integer(24) != nil, let offsetSize = cursor.integer(4),
            let sizeOfLength = cursor.integer(4),
            let baseSize = cursor.integer(4), let indexSize = cursor.integer(4), let count = cursor.integer(version < 2 ? 16 : 32)
        else { return }
        for _ in 0..<count {
            guard let item = cursor.integer(version < 2 ? 16 : 32), let method = version == 0 ? 0 : cursor.integer(16),
                cursor.integer(16) != nil,
                let base = cursor.integer(8 * Int(baseSize)), let parts = cursor.integer(16)
            else { return }
            for _ in 0..<parts {
                if version > 0, cursor.integer(8 * Int(indexSize)) == nil { return }
                guard let offset = cursor.integer(8 * Int(offsetSize)), let length = cursor.integer(8 * Int(sizeOfLength)) else { return }
                extents[item, default: []].append((method & 15 == 1, base &+ offset, length))
            }
        }
    }

    private mutating func readConfiguration(_ kind: String, _ range: Range<Int>) {
        switch kind {
        case "av1C": readAV1(Array(file[range.dropFirst(4)])[...])
        case "hvcC":
            var cursor = Bits(file[range])
            cursor.move(toByte: 21)
            guard let size = cursor.integer(8), let arrays = cursor.integer(8) else { return }
            lengthSize = Int(size & 3) + 1
            for _ in 0..<arrays {
                guard cursor.integer(8) != nil, let count = cursor.integer(16) else { return }
                for _ in 0..<count {
                    guard let length = cursor.integer(16) else { return }
                    let start = range.lowerBound + cursor.byte
                    guard start + Int(length) <= range.upperBound else { return }
                    readUnit(Array(file[start..<start + Int(length)])[...])
                    cursor.move(toByte: cursor.byte + Int(length))
                }
            }
        default: break
        }
    }

    private mutating func readCanvas(_ data: [UInt8], skipping: Int) {
        guard data.count > 1 else { return }
        var cursor = Bits(data)
        cursor.move(toByte: skipping)
        let size = data[1] & 1 == 0 ? 16 : 32
        if let width = cursor.integer(size), let height = cursor.integer(size) { sizes.append((Int(width), Int(height))) }
    }

    // MARK: AV1

    /// All sequence headers among units of AV1 (AV1 specification, 5.3).
    private mutating func readAV1(_ data: ArraySlice<UInt8>) {
        var rest = data
        while let head = rest.popFirst() {
            if head & 4 != 0 { rest = rest.dropFirst() }
            var length = 0
            if head & 2 != 0 {
                var shift = 0
                while let byte = rest.popFirst() {
                    length |= Int(byte & 127) << shift
                    shift += 7
                    if byte & 128 == 0 || shift > 28 { break }
                }
            } else {
                length = rest.count
            }
            let unit = rest.prefix(length)
            rest = rest.dropFirst(length)
            if head >> 3 & 15 == 1, let size = Self.sequenceHeader(Bits(unit)) { sizes.append(size) }
        }
    }

    /// The largest frame of a sequence (AV1 specification, 5.5.1).
    private static func sequenceHeader(_ bits: Bits) -> (width: Int, height: Int)? {
        var bits = bits
        guard bits.integer(3) != nil, bits.integer(1) != nil, let reduced = bits.integer(1) else { return nil }
        if reduced == 1 {
            guard bits.integer(5) != nil else { return nil }
        } else {
            var delayLength: Int?
            if bits.integer(1) == 1 {
                guard bits.integer(64) != nil else { return nil }
                if bits.integer(1) == 1, bits.exponentialGolomb() == nil { return nil }
                if bits.integer(1) == 1 {
                    guard let length = bits.integer(5), bits.integer(32) != nil, bits.integer(10) != nil else { return nil }
                    delayLength = Int(length) + 1
                }
            }
            guard let delayTold = bits.integer(1), let points = bits.integer(5) else { return nil }
            for _ in 0...points {
                guard bits.integer(12) != nil, let level = bits.integer(5) else { return nil }
                if level > 7 { _ = bits.integer(1) }
                if let delayLength, bits.integer(1) == 1 {
                    _ = bits.integer(delayLength)
                    _ = bits.integer(delayLength)
                    _ = bits.integer(1)
                }
                if delayTold == 1, bits.integer(1) == 1 { _ = bits.integer(4) }
            }
        }
        guard let widthBits = bits.integer(4), let heightBits = bits.integer(4), let width = bits.integer(Int(widthBits) + 1),
            let height = bits.integer(Int(heightBits) + 1)
        else { return nil }
        return (Int(width) + 1, Int(height) + 1)
    }

    // MARK: HEVC

    private mutating func readUnits(_ data: [UInt8]) {
        var cursor = Bits(data)
        while let length = cursor.integer(8 * lengthSize), cursor.byte < data.count {
            let end = min(data.count, cursor.byte + Int(length))
            readUnit(data[cursor.byte..<end])
            cursor.move(toByte: end)
        }
    }

    /// The size of a sequence parameter set, if the unit is one (ITU-T H.265, 7.3.2.2).
    private mutating func readUnit(_ unit: ArraySlice<UInt8>) {
        guard let first = unit.first, first >> 1 & 63 == 33 else { return }
        // Bytes that keep units from looking like the start of one are left out.
        var plain: [UInt8] = []
        var zeros = 0
        for byte in unit.dropFirst(2).prefix(1024) {
            if zeros >= 2, byte == 3 {
                zeros = 0
                continue
            }
            zeros = byte == 0 ? zeros + 1 : 0
            plain.append(byte)
        }
        var bits = Bits(plain)
        guard bits.integer(4) != nil, let layers = bits.integer(3), bits.integer(1) != nil, bits.skip(96) else { return }
        var told: [(profile: UInt64, level: UInt64)] = []
        for _ in 0..<layers { told.append((bits.integer(1) ?? 0, bits.integer(1) ?? 0)) }
        if layers > 0 { _ = bits.skip(2 * (8 - Int(layers))) }
        for layer in told { _ = bits.skip(Int(88 * layer.profile + 8 * layer.level)) }
        guard bits.exponentialGolomb() != nil, let chroma = bits.exponentialGolomb() else { return }
        if chroma == 3 { _ = bits.integer(1) }
        if let width = bits.exponentialGolomb(), let height = bits.exponentialGolomb() { sizes.append((Int(width), Int(height))) }
    }
}

/// Reads integers of any number of bits, the highest first.
private struct Bits {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// The byte that holds the next bit.
    var byte: Int { position / 8 }

    mutating func move(toByte byte: Int) { position = 8 * byte }

    /// Passes over bits; false where there are fewer.
    mutating func skip(_ count: Int) -> Bool {
        position += count
        return position <= 8 * bytes.count
    }

    /// The next integer of at most 64 bits; nil behind the end.
    mutating func integer(_ count: Int) -> UInt64? {
        guard count <= 64, position + count <= 8 * bytes.count else { return nil }
        var value: UInt64 = 0
        for _ in 0..<count {
            value = value << 1 | UInt64(bytes[position / 8] >> (7 - position % 8) & 1)
            position += 1
        }
        return value
    }

    /// An unsigned integer after as many zeros as it has bits behind its first.
    mutating func exponentialGolomb() -> UInt64? {
        var zeros = 0
        while let bit = integer(1), bit == 0 { zeros += 1 }
        guard zeros < 32, let rest = integer(zeros) else { return nil }
        return 1 << UInt64(zeros) - 1 + rest
    }
}
