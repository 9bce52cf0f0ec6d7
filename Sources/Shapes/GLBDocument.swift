import Foundation

/// A glTF document in the making, with its one buffer.
struct GLBDocument {
    /// The document without its lists of objects; accessors, buffer views and buffers are added at the end.
    var json: [String: Any]
    private var lists: [String: [[String: Any]]] = [:]
    private var buffer = LittleEndianData()
    private var views: [[String: Any]] = []
    private var accessors: [[String: Any]] = []

    init(_ json: [String: Any] = [:]) {
        self.json = json
        for (name, value) in json {
            guard let list = value as? [[String: Any]], !list.isEmpty else { continue }
            (lists[name], self.json[name]) = (list, nil)
        }
    }

    /// The list of objects under a name of the document.
    subscript(name: String) -> [[String: Any]] {
        get { lists[name] ?? [] }
        _modify { yield &lists[name, default: []] }
    }

    /// Adds an entry to a list of the document and returns its index.
    mutating func append(_ entry: [String: Any], to name: String) -> Int {
        self[name].append(entry)
        return self[name].count - 1
    }

    /// Adds vectors and returns the accessor.
    mutating func add(_ vectors: some Sequence<SIMD3<Float>>, isPosition: Bool = false) -> Int {
        let start = buffer.count
        var bounds: (low: SIMD3<Float>, high: SIMD3<Float>)?
        for vector in vectors {
            buffer.put(vector)
            let known = bounds ?? (vector, vector)
            bounds = (pointwiseMin(vector, known.low), pointwiseMax(known.high, vector))
        }
        let count = (buffer.count - start) / 12
        let accessor = addAccessor(from: start, count: count, type: "VEC3", componentType: 5126, target: 34962)
        guard isPosition, let (low, high) = bounds else { return accessor }
        accessors[accessor]["min"] = (0..<3).map { Double(low[$0]) }
        accessors[accessor]["max"] = (0..<3).map { Double(high[$0]) }
        return accessor
    }

    /// Adds floats, `components` for each element, and returns the accessor.
    mutating func add(_ values: [Float], components: Int, isPosition: Bool = false) -> Int {
        let start = buffer.count
        for value in values { buffer.put(value.bitPattern) }
        let type = ["SCALAR", "VEC2", "VEC3", "VEC4"][components - 1]
        let accessor = addAccessor(from: start, count: values.count / components, type: type, componentType: 5126, target: 34962)
        guard isPosition else { return accessor }
        var (low, high) = ([Float](values.prefix(3)), [Float](values.prefix(3)))
        for (index, value) in values.enumerated() {
            low[index % 3] = min(low[index % 3], value)
            high[index % 3] = max(high[index % 3], value)
        }
        (accessors[accessor]["min"], accessors[accessor]["max"]) = (low.map(Double.init), high.map(Double.init))
        return accessor
    }

    /// Adds vertex indices and returns the accessor.
    mutating func add(_ indices: [UInt32]) -> Int {
        let start = buffer.count
        for index in indices { buffer.put(index) }
        return addAccessor(from: start, count: indices.count, type: "SCALAR", componentType: 5125, target: 34963)
    }

    private mutating func addAccessor(from start: Int, count: Int, type: String, componentType: Int, target: Int) -> Int {
        views.append(["buffer": 0, "byteOffset": start, "byteLength": buffer.count - start, "target": target])
        accessors.append(["bufferView": views.count - 1, "componentType": componentType, "count": count, "type": type])
        return accessors.count - 1
    }

    /// Adds an encoded picture and returns its buffer view.
    mutating func add(picture: Data) -> Int {
        views.append(["buffer": 0, "byteOffset": buffer.count, "byteLength": picture.count])
        buffer.put(picture)
        while buffer.count % 4 != 0 { buffer.put(UInt8(0)) }
        return views.count - 1
    }

    /// The file.
    ///
    /// Throws `Failure` if it is too large for one.
    mutating func data() throws -> Data {
        var document = json.merging(lists.filter { !$1.isEmpty }) { $1 }
        var asset = json["asset"] as? [String: Any] ?? [:]
        (asset["version"], asset["generator"]) = ("2.0", "SegmentationBuddies")
        document["asset"] = asset
        document["accessors"] = accessors
        document["bufferViews"] = views
        document["buffers"] = [["byteLength": buffer.count]]
        let json = try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys, .withoutEscapingSlashes])
        return try GLBContainer.data(json: json, binary: buffer.take())
    }
}

extension Data {
    /// The kind of picture, as glTF and file names have it.
    var pictureKind: (mime: String, ending: String) {
        if starts(with: [0x89, 0x50, 0x4E, 0x47]) { return ("image/png", "png") }
        if starts(with: [0xFF, 0xD8]) { return ("image/jpeg", "jpg") }
        if starts(with: Array("RIFF".utf8)) { return ("image/webp", "webp") }
        if starts(with: Array("BM".utf8)) { return ("image/bmp", "bmp") }
        if starts(with: Array("GIF8".utf8)) { return ("image/gif", "gif") }
        if starts(with: [0x49, 0x49]) || starts(with: [0x4D, 0x4D]) { return ("image/tiff", "tif") }
        return count > 8 && dropFirst(4).starts(with: Array("ftyp".utf8)) ? ("image/avif", "avif") : ("application/octet-stream", "bin")
    }
}
