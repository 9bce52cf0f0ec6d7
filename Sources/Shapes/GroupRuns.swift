/// Gathers the faces of named sets while the names in force change from face to face.
struct GroupRuns {
    private var object: String?
    private var names: [String] = []
    private var start = 0
    private var order: [String] = []
    private var faces: [String: [UInt32]] = [:]

    mutating func setObject(_ name: String?, at face: Int) {
        close(at: face)
        object = name
    }

    mutating func setGroups(_ names: [String], at face: Int) {
        close(at: face)
        self.names = names
    }

    /// The sets that have faces, in the order of their first face.
    mutating func finish(faceCount: Int) -> [Mesh.FaceGroup] {
        close(at: faceCount)
        return order.map { Mesh.FaceGroup(name: $0, fileFaces: faces[$0] ?? []) }
    }

    private mutating func close(at face: Int) {
        defer { start = face }
        guard face > start else { return }
        var seen = Set<String>()
        for name in [object].compactMap({ $0 }) + names where seen.insert(name).inserted {
            if faces[name] == nil { order.append(name) }
            faces[name, default: []].append(contentsOf: UInt32(start)..<UInt32(face))
        }
    }
}
