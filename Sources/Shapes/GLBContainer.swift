import BSBBasics
import Foundation

/// The two chunks of a GLB file, or a JSON file as it is.
struct GLBContainer {
    private(set) var json = Data()
    private(set) var binary: Data?
    private(set) var remarks: [String] = []

    init(_ data: Data) throws {
        let bytes = [UInt8](data.prefix(12))
        guard bytes.starts(with: Array("glTF".utf8)) else {
            json = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
            return
        }
        guard bytes.count == 12 else { throw Failure.mesh("the file ends within the header", offset: data.count) }
        let version = Self.number(data, 4)
        guard version == 2 else {
            let name = version == 1 ? "this is glTF 1.0, which is not read" : "GLB version \(version) is not read"
            throw Failure.mesh(name, offset: 4, hint: GLTFDocument.versionHint)
        }
        let length = Self.number(data, 8)
        guard length <= data.count else { throw Failure.mesh("the file has \(data.count) bytes of \(length)", offset: 8) }
        if length < data.count { remarks.append("\(data.count - length) bytes follow the end of the GLB") }
        try readChunks(data, end: length)
        guard !json.isEmpty else { throw Failure.mesh("the file has no JSON chunk") }
    }

    /// The JSON chunk should come first; files in which it does not are unambiguous all the same.
    private mutating func readChunks(_ data: Data, end: Int) throws {
        var offset = 12
        while offset + 8 <= end {
            let size = Self.number(data, offset)
            let kind = Self.number(data, offset + 4)
            guard size <= end - offset - 8 else {
                throw Failure.mesh("a chunk of \(size) bytes does not fit into the file", offset: offset)
            }
            let start = data.startIndex + offset + 8
            if kind == 0x4E4F_534A, json.isEmpty {
                json = Data(data[start..<start + size])
            } else if kind == 0x004E_4942, binary == nil {
                binary = Data(data[start..<start + size])
            }
            offset += 8 + size
        }
        if offset < end { remarks.append("\(end - offset) stray bytes end the GLB") }
    }

    private static func number(_ data: Data, _ offset: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(data[data.startIndex + offset + $1]) << (8 * $1) }
    }
}

extension GLBContainer {
    /// The GLB file of a JSON document and its binary chunk.
    ///
    /// The binary chunk becomes the file, so that it need not be there twice. Throws `Failure` if it does not fit into one file.
    static func data(json: Data, binary: consuming Data) throws -> Data {
        let (jsonPadding, binaryPadding) = ((4 - json.count % 4) % 4, (4 - binary.count % 4) % 4)
        let length = 12 + 8 + json.count + jsonPadding + 8 + binary.count + binaryPadding
        guard length <= UInt32.max else { throw Failure(.internal, "writing a mesh", reason: "the mesh is too large for one GLB file") }
        var head = LittleEndianData()
        head.put("glTF")
        head.put(UInt32(2))
        head.put(UInt32(length))
        head.put(UInt32(json.count + jsonPadding))
        head.put("JSON")
        head.put(json)
        head.put(String(repeating: " ", count: jsonPadding))
        head.put(UInt32(binary.count + binaryPadding))
        head.put("BIN\0")
        binary.append(Data(count: binaryPadding))
        binary.replaceSubrange(binary.startIndex..<binary.startIndex, with: head.take())
        return binary
    }
}
