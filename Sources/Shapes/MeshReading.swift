import BSBBasics
import Foundation

extension Mesh {
    /// The most vertices, faces or corners that a mesh may have; a file that asks for more is refused rather than filling the memory.
    package static let maximumCount = 1 << 26

    /// Reads the mesh file at `path`, in the format that its contents or its name tell.
    ///
    /// - Throws: `Failure` of kind `missingInput` if there is no readable file, and `badInput`, with the line or byte offset, if it is
    ///   not a mesh: bad or out-of-range indices, counts that the file does not hold, no faces, or a vertex of a face that is not finite.
    ///   Everything milder is tolerated and told in ``remarks``.
    package init(contentsOf path: String, options: MeshReadingOptions = MeshReadingOptions()) throws {
        try self.init(sniffing: Self.contents(of: path), path: path, options: options)
    }

    /// Reads a mesh from the bytes of a file, in the format that they or the ending of `path` tell; see ``init(contentsOf:options:)``.
    ///
    /// - Parameter hasNeighbours: whether `path` is where the file is, so that the files it names are looked for beside it, or only its name.
    package init(
        sniffing data: Data, path: String, hasNeighbours: Bool = true, options: MeshReadingOptions = MeshReadingOptions()
    ) throws {
        guard let format = MeshFormat(sniffing: data, path: path) else {
            let other = ForeignFile(data)
            throw Failure(
                .badInput, Failure.readingMesh, path: path,
                reason: data.isEmpty ? "the file is empty" : "this is \(other?.name ?? "no mesh format that is known")",
                hint: other?.hint ?? "OBJ, OFF, PLY, STL, GLB and glTF files are read; convert it to one of these")
        }
        do {
            try self.init(data: data, format: format, path: hasNeighbours ? path : nil, options: options)
        } catch var failure as Failure {
            failure.path = failure.path ?? path
            throw failure
        }
    }

    /// Reads a mesh from the bytes of a file; `path` is named in failures and is where a file's neighbours are looked for.
    ///
    /// - Throws: `Failure` as ``init(contentsOf:options:)`` does.
    package init(data: Data, format: MeshFormat, path: String? = nil, options: MeshReadingOptions = MeshReadingOptions()) throws {
        do {
            guard !data.isEmpty else { throw Failure.mesh("the file is empty") }
            switch format {
            case .obj: self = try TextScanner.scan(data) { scanner in try OBJReader(scanner, path: path, options: options).read() }
            case .off: self = try OFFReader.read(data, options: options)
            case .ply: self = try PLYReader.read(data, path: path, options: options)
            case .stl: self = try STLReader.read(data, options: options)
            case .gltf, .glb: self = try GLTFReader.read(data, path: path, options: options)
            }
        } catch var failure as Failure {
            failure.path = failure.path ?? path
            throw failure
        }
    }

    /// Checks what every algorithm here relies on: finite positions, indices in range, and arrays that agree in length.
    ///
    /// - Throws: `Failure` of kind `badInput` that names the first vertex or face at fault.
    package func validate() throws {
        guard fileFace.count == faces.count, vertexColors.map({ $0.count == vertices.count }) ?? true else {
            throw Failure.mesh("the mesh has \(faces.count) triangles but \(fileFace.count) file faces, or colors for other vertices")
        }
        guard appearance?.fits(faceCount: faces.count) ?? true else { throw Failure.mesh("the mesh has materials for other triangles") }
        let count = UInt32(clamping: vertices.count)
        for (index, face) in faces.enumerated() where face.max() >= count || fileFace[index] >= fileFaceCount {
            throw Failure.mesh("triangle \(index) refers to a vertex or file face that is not there")
        }
        for (index, vertex) in vertices.enumerated() where !vertex.isFinite {
            throw Failure.mesh("vertex \(index) is not finite")
        }
    }

    /// The bytes of the mesh file at `path`; throws as ``init(contentsOf:options:)``.
    package static func contents(of path: String) throws -> Data {
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved) else {
            throw Failure(.missingInput, Failure.readingMesh, path: path, reason: "there is no such file")
        }
        switch attributes[.type] as? FileAttributeType {
        case .typeRegular?: break
        case .typeDirectory?: throw Failure(.badInput, Failure.readingMesh, path: path, reason: "this is a directory, not a mesh file")
        default: throw Failure(.badInput, Failure.readingMesh, path: path, reason: "this is not a regular file")
        }
        if let size = attributes[.size] as? NSNumber, size.uint64Value > UInt64(UInt32.max) {
            throw Failure(.badInput, Failure.readingMesh, path: path, reason: "the file is larger than 4 GiB")
        }
        do {
            return try Data(contentsOf: URL(fileURLWithPath: resolved))
        } catch {
            throw Failure(
                .missingInput, Failure.readingMesh, path: path, reason: "the file cannot be read", hint: "are you allowed to read it?")
        }
    }
}

extension Failure {
    static let readingMesh = "reading the mesh"

    /// A bad mesh file, without its path, which ``Mesh/init(data:format:path:)`` adds.
    static func mesh(_ reason: String, line: Int? = nil, offset: Int? = nil, hint: String? = nil) -> Failure {
        let place = line.map { "line \($0): " } ?? offset.map { "byte \($0): " } ?? ""
        return Failure(.badInput, readingMesh, reason: place + reason, hint: hint)
    }
}

extension SIMD3<Float> {
    /// Whether no coordinate is NaN or infinite.
    var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite }
}
