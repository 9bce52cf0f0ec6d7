import BSBBasics
import BSBCMeshCodecs
import Foundation

/// Reads numbers out of a glTF document's buffers: embedded, in `data:` URIs, or in files beside it.
struct GLTFBuffers {
    let document: GLTFDocument
    /// The BIN chunk of a GLB file.
    let binaryChunk: Data?
    /// The document's own file, which names of other files are relative to.
    let path: String?
    /// The files that the document names.
    private(set) var neighbours: Neighbourhood
    private var loaded: [Int: Data] = [:]
    private var unpacked: [Int: Data] = [:]

    init(document: GLTFDocument, binaryChunk: Data?, path: String?) {
        self.document = document
        self.binaryChunk = binaryChunk
        self.path = path
        neighbours = Neighbourhood(of: path)
    }

    /// No offset or length beyond this is meant seriously, and products of two of them with a count do not overflow.
    private static let largestOffset = 1 << 33

    // MARK: Accessors

    /// The numbers of an accessor, `components` for each element, normalised integers as 0...1 or -1...1.
    mutating func values(_ index: Int, components: Int) throws -> [Float] {
        let accessor = try accessor(index)
        guard Self.components(accessor.type) == components else {
            throw failure(index, "has type \(accessor.type.prefix(20)) where \(components) components are needed")
        }
        let isNormalized = accessor.normalized ?? false
        var result = [Float](repeating: 0, count: accessor.count * components)
        if let view = accessor.bufferView {
            result = try read(
                accessor, view: view, offset: accessor.byteOffset ?? 0, count: accessor.count, components: components, index: index
            ) { Self.float($0, accessor.componentType, isNormalized: isNormalized) }
        }
        guard let sparse = accessor.sparse else { return result }
        let (places, raw) = try sparseItems(sparse, of: accessor, components: components, index: index)
        for (item, place) in places.enumerated() {
            for component in 0..<components {
                result[place * components + component] =
                    Self.float(raw[item * components + component], accessor.componentType, isNormalized: isNormalized)
            }
        }
        return result
    }

    /// The whole numbers of an accessor of vertex indices.
    mutating func indices(_ index: Int) throws -> [UInt32] {
        let accessor = try accessor(index)
        guard [5121, 5123, 5125].contains(accessor.componentType), accessor.type == "SCALAR" else {
            throw failure(index, "does not hold unsigned whole numbers")
        }
        var result = [UInt32](repeating: 0, count: accessor.count)
        if let view = accessor.bufferView {
            result = try read(accessor, view: view, offset: accessor.byteOffset ?? 0, count: accessor.count, components: 1, index: index) {
                $0
            }
        }
        guard let sparse = accessor.sparse else { return result }
        let (places, raw) = try sparseItems(sparse, of: accessor, components: 1, index: index)
        for (item, place) in places.enumerated() { result[place] = raw[item] }
        return result
    }

    /// The number of elements of an accessor.
    func count(_ index: Int) throws -> Int { try accessor(index).count }

    /// The number of components of an accessor's elements.
    func components(_ index: Int) throws -> Int { try Self.components(accessor(index).type) }

    private func accessor(_ index: Int) throws -> GLTFDocument.Accessor {
        guard let accessor = document.accessors?.element(index) else { throw Failure.mesh("accessor \(index) is not there") }
        guard accessor.count >= 0, accessor.count <= Mesh.maximumCount else { throw failure(index, "declares \(accessor.count) elements") }
        // Elements that no bytes stand for are all zero: a large number of them is a mistake or a trap.
        guard accessor.bufferView != nil || accessor.count <= 1 << 22 else { throw failure(index, "has no buffer view") }
        guard Self.size(accessor.componentType) > 0, Self.components(accessor.type) > 0 else {
            throw failure(index, "has component type \(accessor.componentType) and type \(accessor.type.prefix(20)), which are not known")
        }
        return accessor
    }

    private mutating func sparseItems(
        _ sparse: GLTFDocument.Sparse, of accessor: GLTFDocument.Accessor, components: Int, index: Int
    ) throws -> (places: [Int], raw: [UInt32]) {
        guard sparse.count >= 0, sparse.count <= accessor.count, [5121, 5123, 5125].contains(sparse.indices.componentType) else {
            throw failure(index, "has \(sparse.count) sparse elements or a bad type for their indices")
        }
        var places = accessor
        places.componentType = sparse.indices.componentType
        let found = try read(
            places, view: sparse.indices.bufferView, offset: sparse.indices.byteOffset ?? 0, count: sparse.count, components: 1,
            index: index
        ) { Int($0) }
        guard found.allSatisfy({ $0 < accessor.count }) else { throw failure(index, "has a sparse index beyond its count") }
        let raw = try read(
            accessor, view: sparse.values.bufferView, offset: sparse.values.byteOffset ?? 0, count: sparse.count, components: components,
            index: index
        ) { $0 }
        return (found, raw)
    }

    /// The raw bits of `count` elements, each component widened to 32 bits and converted.
    private mutating func read<Value>(
        _ accessor: GLTFDocument.Accessor, view viewIndex: Int, offset: Int, count: Int, components: Int, index: Int,
        _ convert: (UInt32) -> Value
    ) throws -> [Value] {
        guard let view = document.bufferViews?.element(viewIndex) else {
            throw failure(index, "names buffer view \(viewIndex), which is not there")
        }
        let size = Self.size(accessor.componentType)
        let stride = view.byteStride.map { $0 == 0 ? size * components : $0 } ?? size * components
        let start = view.byteOffset ?? 0
        for number in [offset, start, view.byteLength, stride] where number < 0 || number > Self.largestOffset {
            throw failure(index, "or its buffer view has the offset, length or stride \(number)")
        }
        guard stride >= size * components else { throw failure(index, "has a stride of \(stride) bytes, less than one element") }
        guard count > 0 else { return [] }
        let isPacked = view.extensions?.meshopt != nil
        let data = try isPacked ? meshopt(viewIndex) : buffer(view.buffer)
        let (base, length) = isPacked ? (0, data.count) : (start, view.byteLength)
        guard base + length <= data.count else {
            throw failure(index, "has a buffer view that ends at byte \(base + length) of \(data.count)")
        }
        guard offset + (count - 1) * stride + size * components <= length else {
            throw failure(index, "reads beyond the \(length) bytes of its buffer view")
        }
        return data.withUnsafeBytes { bytes in
            var result: [Value] = []
            result.reserveCapacity(count * components)
            for element in 0..<count {
                for component in 0..<components {
                    // In range: the last element's end was checked against the view, and the view's end against the buffer.
                    result.append(convert(Self.bits(bytes, base + offset + element * stride + component * size, size)))
                }
            }
            return result
        }
    }

    @inline(__always)
    private static func bits(_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ size: Int) -> UInt32 {
        switch size {
        case 1: UInt32(bytes[offset])
        case 2: UInt32(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        default: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
    }

    private static func float(_ bits: UInt32, _ componentType: Int, isNormalized: Bool) -> Float {
        switch componentType {
        case 5120:
            let value = Float(Int8(truncatingIfNeeded: bits))
            return isNormalized ? max(value / 127, -1) : value
        case 5121: return isNormalized ? Float(bits) / 255 : Float(bits)
        case 5122:
            let value = Float(Int16(truncatingIfNeeded: bits))
            return isNormalized ? max(value / 32767, -1) : value
        case 5123: return isNormalized ? Float(bits) / 65535 : Float(bits)
        case 5126: return Float(bitPattern: bits)
        default: return Float(bits)
        }
    }

    private static func size(_ componentType: Int) -> Int {
        [5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4][componentType] ?? 0
    }

    private static func components(_ type: String) -> Int {
        ["SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16][type] ?? 0
    }

    private func failure(_ accessor: Int, _ reason: String) -> Failure { Failure.mesh("accessor \(accessor) \(reason)") }

    // MARK: Pictures

    /// The encoded picture of a texture, or nil if it is not there or of a kind that is not read.
    mutating func picture(texture index: Int) -> Data? {
        document.textures?.element(index)?.readableSource.flatMap { picture(image: $0) }
    }

    /// The encoded picture of an image, or nil if it is not there.
    mutating func picture(image index: Int) -> Data? {
        guard let image = document.images?.element(index) else { return nil }
        if let uri = image.uri { return uri.hasPrefix("data:") ? Self.content(ofURI: uri) : neighbours.contents(named: uri, .picture) }
        guard let view = image.bufferView.flatMap({ document.bufferViews?.element($0) }), let data = try? buffer(view.buffer) else {
            return nil
        }
        let start = view.byteOffset ?? 0
        guard start >= 0, view.byteLength >= 0, start <= data.count, view.byteLength <= data.count - start else { return nil }
        return data.subdata(in: (data.startIndex + start)..<(data.startIndex + start + view.byteLength))
    }

    /// The bytes of a `data:` URI, in base64 or with percent signs.
    private static func content(ofURI uri: String) -> Data? {
        guard let comma = uri.firstIndex(of: ",") else { return nil }
        let content = String(uri[uri.index(after: comma)...])
        guard uri[..<comma].lowercased().hasSuffix(";base64") else { return content.removingPercentEncoding.map { Data($0.utf8) } }
        return Data(base64Encoded: content.removingPercentEncoding ?? content, options: .ignoreUnknownCharacters)
    }

    // MARK: Packed meshes

    /// The bytes of a Draco mesh.
    mutating func draco(_ packed: GLTFDocument.PrimitiveExtensions.Draco) throws -> DracoMesh {
        guard let view = document.bufferViews?.element(packed.bufferView) else {
            throw Failure.mesh("the buffer view \(packed.bufferView) of a Draco mesh is not there")
        }
        let data = try slice(view.buffer, view.byteOffset ?? 0, view.byteLength, of: "a Draco mesh")
        return try DracoMesh(data)
    }

    private mutating func slice(_ index: Int, _ start: Int, _ length: Int, of what: String) throws -> Data {
        let data = try buffer(index)
        guard start >= 0, length >= 0, start <= data.count, length <= data.count - start else {
            throw Failure.mesh("the bytes of \(what) are not in buffer \(index)")
        }
        return data.subdata(in: (data.startIndex + start)..<(data.startIndex + start + length))
    }

    /// The unpacked bytes of a buffer view in the code of meshoptimizer (EXT_meshopt_compression).
    private mutating func meshopt(_ viewIndex: Int) throws -> Data {
        if let data = unpacked[viewIndex] { return data }
        guard let packed = document.bufferViews?.element(viewIndex)?.extensions?.meshopt else { return Data() }
        let place = "buffer view \(viewIndex), which is compressed by EXT_meshopt_compression,"
        let isVertices = packed.mode == "ATTRIBUTES"
        guard packed.count >= 0, packed.count <= Mesh.maximumCount, isVertices || [2, 4].contains(packed.byteStride),
            !isVertices || (packed.byteStride > 0 && packed.byteStride <= 256 && packed.byteStride % 4 == 0),
            isVertices || packed.mode == "INDICES" || (packed.mode == "TRIANGLES" && packed.count % 3 == 0)
        else { throw Failure.mesh("\(place) has a mode, count or stride that is not known") }
        let data = try slice(packed.buffer, packed.byteOffset ?? 0, packed.byteLength, of: place)
        // At its best, 16 elements take a quarter of a byte for each of their bytes; triangles take a byte.
        guard packed.count <= 1024 * (data.count + 16) else { throw Failure.mesh("\(place) declares more than its bytes can hold") }
        var result = Data(count: packed.count * packed.byteStride)
        let code = result.withUnsafeMutableBytes { target in
            data.withUnsafeBytes { source -> Int32 in
                let bytes = source.bindMemory(to: UInt8.self).baseAddress
                switch packed.mode {
                case "ATTRIBUTES":
                    return meshopt_decodeVertexBuffer(target.baseAddress, packed.count, packed.byteStride, bytes, source.count)
                case "TRIANGLES": return meshopt_decodeIndexBuffer(target.baseAddress, packed.count, packed.byteStride, bytes, source.count)
                default: return meshopt_decodeIndexSequence(target.baseAddress, packed.count, packed.byteStride, bytes, source.count)
                }
            }
        }
        guard code == 0 else {
            throw Failure.mesh("\(place) cannot be decoded (code \(code))", hint: "export it without mesh compression")
        }
        try filter(&result, packed, place)
        unpacked[viewIndex] = result
        return result
    }

    private func filter(_ data: inout Data, _ packed: GLTFDocument.Meshopt, _ place: String) throws {
        let (count, stride) = (packed.count, packed.byteStride)
        switch packed.filter ?? "NONE" {
        case "NONE": break
        case "OCTAHEDRAL" where stride == 4 || stride == 8:
            data.withUnsafeMutableBytes { meshopt_decodeFilterOct($0.baseAddress, count, stride) }
        case "QUATERNION" where stride == 8:
            data.withUnsafeMutableBytes { meshopt_decodeFilterQuat($0.baseAddress, count, stride) }
        case "EXPONENTIAL" where stride % 4 == 0:
            data.withUnsafeMutableBytes { meshopt_decodeFilterExp($0.baseAddress, count, stride) }
        case let other: throw Failure.mesh("\(place) has the filter \(other.prefix(40)), which is not known for its stride")
        }
    }

    // MARK: Buffers

    private mutating func buffer(_ index: Int) throws -> Data {
        if let data = loaded[index] { return data }
        guard let buffer = document.buffers?.element(index) else { throw Failure.mesh("buffer \(index) is not there") }
        let data = try contents(buffer, index: index)
        guard buffer.byteLength >= 0, data.count >= buffer.byteLength else {
            throw Failure.mesh("buffer \(index) declares \(buffer.byteLength) bytes and holds \(data.count)")
        }
        loaded[index] = data
        return data
    }

    private mutating func contents(_ buffer: GLTFDocument.Buffer, index: Int) throws -> Data {
        guard let uri = buffer.uri else {
            guard index == 0, let binaryChunk else {
                throw Failure.mesh("buffer \(index) has no URI, and the file has no binary chunk for it")
            }
            return binaryChunk
        }
        if uri.hasPrefix("data:") {
            guard let data = Self.content(ofURI: uri) else { throw Failure.mesh("the data: URI of buffer \(index) is damaged") }
            return data
        }
        if let data = neighbours.contents(named: uri, .buffer) { return data }
        let name = uri.removingPercentEncoding ?? uri
        guard let path, !name.hasPrefix("/"), !name.contains("://"), !name.split(separator: "/").contains("..") else {
            throw Failure.mesh("buffer \(index) is at '\(name.prefix(80))', outside the file's own directory")
        }
        return try Mesh.contents(of: URL(fileURLWithPath: path).deletingLastPathComponent().path + "/" + name)
    }
}

extension Array {
    /// The element at an index that a file gave; nil if there is none.
    func element(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
