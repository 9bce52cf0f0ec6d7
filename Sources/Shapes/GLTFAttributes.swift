import BSBBasics

/// The numbers of a primitive's vertices and faces, plain or in the code of Draco.
struct GLTFAttributes {
    let primitive: GLTFDocument.Primitive
    /// The document's numbers, which grow while they are read.
    private(set) var buffers: GLTFBuffers
    private let draco: DracoMesh?

    /// Decodes the primitive, if it is packed.
    ///
    /// Throws `Failure` if it cannot be and the file holds nothing plain in its place.
    init(_ primitive: GLTFDocument.Primitive, _ buffers: GLTFBuffers) throws {
        self.primitive = primitive
        self.buffers = buffers
        guard let packed = primitive.extensions?.draco else {
            draco = nil
            return
        }
        do {
            draco = try self.buffers.draco(packed)
        } catch {
            let plain = primitive.attributes?["POSITION"].flatMap { buffers.document.accessors?.element($0)?.bufferView }
            guard plain != nil else { throw error }
            draco = nil
        }
    }

    /// The buffer view of the packed mesh.
    var packedView: Int? { draco == nil ? nil : primitive.extensions?.draco?.bufferView }

    func has(_ name: String) -> Bool { primitive.attributes?[name] != nil }

    /// The numbers of an attribute that has so many components.
    mutating func values(_ name: String, components: Int) throws -> [Float] {
        let (values, found) = try values(name)
        guard found == components else { throw Failure.mesh("the attribute \(name) has \(found) components, not \(components)") }
        return values
    }

    /// The numbers of an attribute, and how many each vertex has.
    mutating func values(_ name: String) throws -> (values: [Float], components: Int) {
        if let draco, let id = primitive.extensions?.draco?.attributes?[name] {
            guard let found = draco.values(id) else { throw Failure.mesh("the Draco mesh has no attribute \(id) for \(name)") }
            return found
        }
        guard let accessor = primitive.attributes?[name] else { throw Failure.mesh("the primitive has no \(name)") }
        let components = try buffers.components(accessor)
        return (try buffers.values(accessor, components: components), components)
    }

    /// The numbers of another accessor, such as a morph target's.
    mutating func values(accessor: Int, components: Int) throws -> [Float] { try buffers.values(accessor, components: components) }

    /// The number of vertices.
    func count() throws -> Int {
        if let draco { return draco.pointCount }
        return try primitive.attributes?["POSITION"].map { try buffers.count($0) } ?? 0
    }

    /// The vertices of the faces; nil where the vertices come in order.
    mutating func indices() throws -> [UInt32]? {
        if let draco { return draco.indices }
        return try primitive.indices.map { try buffers.indices($0) }
    }
}
