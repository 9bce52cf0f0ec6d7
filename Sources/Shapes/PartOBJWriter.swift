import Foundation

extension Mesh {
    /// The mesh as an OBJ file, its MTL file and their pictures, all named after `name`, with each part as one group.
    ///
    /// Vertices come in the file's order with the file's digits, faces as the polygons that they were. Each part is one run of faces under
    /// `g NAME` with one material of its name; the rest keeps its materials, and all faces the names of their groups in the file after the
    /// part's or `rest`.
    /// - Throws: `Failure` if arrays do not agree.
    package func objFiles(parts: MeshParts, name: String) throws -> [(name: String, data: Data)] {
        try parts.check(against: self)
        return PartOBJWriter(self, parts, name).files()
    }

    /// The mesh with its materials as an OBJ file, its MTL file and their pictures, all named after `name`.
    ///
    /// Vertices come in this mesh's order; places in pictures are given for each corner. Faces are sorted by material.
    /// - Throws: `Failure` if arrays do not agree.
    package func texturedOBJFiles(name: String) throws -> [(name: String, data: Data)] {
        try validate()
        return PartOBJWriter(self, MeshParts([], ofFileFace: Array(repeating: -1, count: fileFaceCount)), name).files()
    }
}

/// Faces as they are written: polygons, or triangles where the mesh is no longer that of its file.
private struct WrittenFaces {
    private let mesh: Mesh
    private let polygons: FilePolygons?
    /// Empty where there are no materials, or for polygons that of each face; -1 for none.
    private let materialOfPolygon: [Int32]
    /// Empty, or the place of each corner in a picture, v pointing upwards.
    let places: [SIMD2<Float>]

    init(_ mesh: Mesh) {
        self.mesh = mesh
        // Faces that collapse are in the file all the same, unless they have no two corners.
        polygons = mesh.polygons.flatMap { $0.ends.count == mesh.fileFaceCount ? $0 : nil }
        var materials: [Int32] = []
        if polygons != nil, let appearance = mesh.appearance {
            materials = [Int32](repeating: -1, count: mesh.fileFaceCount)
            for (face, material) in appearance.materialOfFace.enumerated() { materials[Int(mesh.fileFace[face])] = material }
        }
        materialOfPolygon = materials
        places = polygons?.places ?? (mesh.appearance?.coordinates ?? []).map { SIMD2($0.x, 1 - $0.y) }
    }

    var count: Int { polygons?.ends.count ?? mesh.faces.count }
    /// The file's normals, and for each corner which it has; -1 for none.
    var normals: [SIMD3<Float>] { polygons?.normals ?? [] }
    var normalOfCorner: [Int32] { polygons?.normalOfCorner ?? [] }

    func fileFace(_ face: Int) -> Int { polygons == nil ? Int(mesh.fileFace[face]) : face }

    func material(_ face: Int) -> Int {
        Int((polygons == nil ? mesh.appearance?.materialOfFace[face] : materialOfPolygon.element(face)) ?? -1)
    }

    func corners(_ face: Int) -> Range<Int> {
        guard let ends = polygons?.ends else { return 3 * face..<3 * face + 3 }
        return (face == 0 ? 0 : ends[face - 1])..<ends[face]
    }

    func vertex(_ corner: Int) -> UInt32 { polygons?.corners[corner] ?? mesh.faces[corner / 3][corner % 3] }
}

/// What faces that stand together in the file have in common, in the order in which they stand.
private struct FaceRun: Hashable, Comparable {
    /// The part, or the number of parts for the rest.
    var bucket: Int
    /// The set of groups.
    var groups: Int
    /// The material of the file; within a part it is no border: -1.
    var material: Int

    static func < (a: FaceRun, b: FaceRun) -> Bool { (a.bucket, a.groups, a.material) < (b.bucket, b.groups, b.material) }
}

private struct PartOBJWriter {
    private let mesh: Mesh
    private let parts: MeshParts
    private let name: String
    private let faces: WrittenFaces
    private let materials: [SurfaceAppearance.Material]
    private let materialNames: [String]

    init(_ mesh: Mesh, _ parts: MeshParts, _ name: String) {
        (self.mesh, self.parts, self.name) = (mesh, parts, name)
        faces = WrittenFaces(mesh)
        materials = mesh.appearance?.materials ?? []
        materialNames = materials.uniqueNames(besides: parts.parts.map(\.name))
    }

    func files() -> [(name: String, data: Data)] {
        var file = LittleEndianData()
        let hasMaterials = !materials.isEmpty || !parts.parts.isEmpty
        if hasMaterials { file.put("mtllib \(name).mtl\n") }
        putVertices(&file)
        let numbers = putPlaces(&file)
        for normal in faces.normals {
            // What is no direction keeps its place in the list.
            let kept = normal.isFinite ? normal : .zero
            file.put("vn \(kept.x) \(kept.y) \(kept.z)\n")
        }
        putFaces(&file, numbers)
        return [("\(name).obj", file.data)] + (hasMaterials ? materialFiles() : [])
    }

    private func putVertices(_ file: inout LittleEndianData) {
        let isFar = mesh.exactPositions != nil || mesh.origin != .zero
        for (index, vertex) in mesh.vertices.enumerated() {
            let color = mesh.vertexColors.map { " \($0[index].x) \($0[index].y) \($0[index].z)" } ?? ""
            if isFar {
                let exact = mesh.filePosition(index)
                file.put("v \(exact.x) \(exact.y) \(exact.z)\(color)\n")
            } else {
                file.put("v \(vertex.x) \(vertex.y) \(vertex.z)\(color)\n")
            }
        }
    }

    /// Writes each place once, and gives the number of each corner's; 0 for none.
    private func putPlaces(_ file: inout LittleEndianData) -> [Int] {
        var known: [SIMD2<Float>: Int] = [:]
        return faces.places.map { place in
            guard place.x.isFinite, place.y.isFinite else { return 0 }
            if let number = known[place] { return number }
            known[place] = known.count + 1
            file.put("vt \(place.x) \(place.y)\n")
            return known.count
        }
    }

    private func putFaces(_ file: inout LittleEndianData, _ numbers: [Int]) {
        let groups = groupNames()
        var numberOfRun: [FaceRun: UInt32] = [:]
        let runOfFace = (0..<faces.count).map { face -> UInt32 in
            let fileFace = faces.fileFace(face)
            let bucket = parts.bucket(fileFace)
            let run = FaceRun(
                bucket: bucket, groups: groups.number.element(fileFace) ?? 0,
                material: bucket < parts.parts.count ? -1 : faces.material(face))
            if let known = numberOfRun[run] { return known }
            numberOfRun[run] = UInt32(numberOfRun.count)
            return UInt32(numberOfRun.count - 1)
        }
        let rows = CompressedRows(rows: numberOfRun.count) { emit in
            for (face, run) in runOfFace.enumerated() { emit(run, UInt32(face)) }
        }
        var material: Int?
        for (run, number) in numberOfRun.sorted(by: { $0.key < $1.key }) {
            let isPart = run.bucket < parts.parts.count
            let own = groups.names[run.groups]
            if !parts.parts.isEmpty {
                file.put("g \(([isPart ? parts.parts[run.bucket].name.asToken : "rest"] + own).joined(separator: " "))\n")
            } else if !own.isEmpty {
                file.put("g \(own.joined(separator: " "))\n")
            }
            let next = isPart ? -2 - run.bucket : run.material
            if next != material, let title = isPart ? parts.parts[run.bucket].name.asLine : materialNames.element(run.material) {
                file.put("usemtl \(title)\n")
            } else if next != material, material != nil, !isPart {
                file.put("usemtl none\n")
            }
            material = next
            for face in rows[Int(number)] { put(Int(face), numbers, &file) }
        }
    }

    private func put(_ face: Int, _ numbers: [Int], _ file: inout LittleEndianData) {
        let corners = faces.corners(face)
        guard corners.count > 2 else { return }
        let (normals, normalOfCorner) = (faces.normals, faces.normalOfCorner)
        file.put("f")
        for corner in corners {
            file.put(" ")
            file.put(digitsOf: UInt64(faces.vertex(corner)) + 1)
            let place = numbers.element(corner) ?? 0
            let normal = Int(normalOfCorner.element(corner) ?? -1)
            if place > 0 {
                file.put("/")
                file.put(digitsOf: UInt64(place))
            }
            if normals.indices.contains(normal) {
                file.put(place > 0 ? "/" : "//")
                file.put(digitsOf: UInt64(normal) + 1)
            }
        }
        file.put("\n")
    }

    /// The names of the groups that each face of the file is in, as numbers of sets of names; empty where there are no groups.
    private func groupNames() -> (number: [Int], names: [[String]]) {
        if mesh.groups.isEmpty { return ([], [[]]) }
        var number = [Int](repeating: 0, count: mesh.fileFaceCount)
        var names: [[String]] = [[]]
        var known: [[Int]: Int] = [:]
        for (index, group) in mesh.groups.enumerated() {
            for face in group.fileFaces where Int(face) < number.count {
                let key = [number[Int(face)], index]
                if known[key] == nil {
                    known[key] = names.count
                    names.append(names[key[0]] + [group.name.asToken])
                }
                number[Int(face)] = known[key] ?? 0
            }
        }
        return (number, names)
    }

    // MARK: Materials

    private func materialFiles() -> [(name: String, data: Data)] {
        var library = ""
        var pictures = PictureFiles(name: name)
        for (index, material) in materials.enumerated() {
            library += "newmtl \(materialNames[index])\nKd \(material.color.x) \(material.color.y) \(material.color.z)\n"
            library += (material.otherStatements.isEmpty ? ["illum 1"] : material.otherStatements).map { $0.asLine + "\n" }.joined()
            if let picture = material.picture { library += "map_Kd \(pictures.file(picture, of: materialNames[index]))\n" }
        }
        for (index, part) in parts.parts.enumerated() {
            library += "newmtl \(part.name.asLine)\nKd \(part.color.x) \(part.color.y) \(part.color.z)\nillum 1\n"
            if let picture = onlyPicture(of: index) { library += "map_Kd \(pictures.file(picture, of: part.name))\n" }
        }
        if materials.isEmpty { library += "newmtl none\nKd 0.8 0.8 0.8\nillum 1\n" }
        return [("\(name).mtl", Data(library.utf8))] + pictures.files
    }

    /// The picture that all of a part's faces have.
    private func onlyPicture(of part: Int) -> Data? {
        var found = Set<Int>()
        for face in 0..<faces.count where parts.bucket(faces.fileFace(face)) == part { found.insert(faces.material(face)) }
        return found.count == 1 ? found.first.flatMap { materials.element($0)?.picture } : nil
    }
}

extension [SurfaceAppearance.Material] {
    /// The materials' names on one line each, no two alike.
    func uniqueNames(besides others: [String]) -> [String] {
        var taken = Set(others)
        var numbers: [String: Int] = [:]
        return map { material in
            let plain = material.name.asLine
            var unique = plain
            while !taken.insert(unique).inserted {
                numbers[plain, default: 1] += 1
                unique = "\(plain).\(numbers[plain, default: 1])"
            }
            return unique
        }
    }
}

extension String {
    /// The name on one line, without blanks around it and without control characters.
    fileprivate var asLine: String {
        let line = String(map { $0.isNewline || $0.asciiValue.map { $0 < 32 } == true ? "_" : $0 }).trimmingCharacters(in: .whitespaces)
        return line.isEmpty ? "unnamed" : line
    }
}
