import Foundation

/// Gathers an OBJ file's texture coordinates and the materials in force while faces go by.
struct MaterialRuns {
    /// Names of material files.
    var libraries: [String] = []
    private var neighbours: Neighbourhood
    /// The file's own, v pointing upwards.
    private var coordinates: [SIMD2<Float>] = []
    /// For each corner of a face the index of its coordinate, -1 for none; empty until there is one.
    private var indexOfCorner: [Int32] = []
    private var corners = 0
    private var names: [String] = []
    private var numbers: [String: Int] = [:]
    private var runs: [(start: Int, material: Int)] = []

    init(neighbours: Neighbourhood) {
        self.neighbours = neighbours
    }

    mutating func addCoordinate(_ numbers: [Double]) {
        coordinates.append(SIMD2(Float(numbers[0]), Float(numbers[1])))
    }

    mutating func use(_ name: String, at face: Int) {
        let number = numbers[name] ?? names.count
        if number == names.count {
            names.append(name)
            numbers[name] = number
        }
        runs.append((face, number))
    }

    /// Notes the index of a corner's coordinate, from 1 or backwards from the latest.
    mutating func addCorner(_ index: Int?) {
        corners += 1
        guard let index, index != 0 else {
            if !indexOfCorner.isEmpty { indexOfCorner.append(-1) }
            return
        }
        if indexOfCorner.isEmpty { indexOfCorner = [Int32](repeating: -1, count: corners - 1) }
        let place = index > 0 ? index - 1 : coordinates.count + index
        indexOfCorner.append(Int32(exactly: place) ?? -1)
    }

    /// Puts what was gathered into the assembly.
    mutating func finish(_ assembly: inout MeshAssembly) {
        assembly.places = indexOfCorner.map { coordinates.element(Int($0)) ?? .nowhere }
        assembly.coordinates = assembly.places.map { SIMD2($0.x, 1 - $0.y) }
        guard !runs.isEmpty else { return }
        let known = readLibraries()
        assembly.materials = names.map { known[$0]?.material ?? .init(name: $0, isDefined: false) }
        assembly.materialOfFace = [Int32](repeating: -1, count: assembly.faceEnds.count)
        for (index, run) in runs.enumerated() {
            let end = index + 1 < runs.count ? runs[index + 1].start : assembly.faceEnds.count
            for face in run.start..<end { assembly.materialOfFace[face] = Int32(run.material) }
        }
        place(names.map { known[$0]?.placement }, in: &assembly)
        assembly.neighbours = neighbours.files
        assembly.remarks += neighbours.remarks
        let unknown = known.isEmpty ? 0 : names.count { known[$0] == nil }
        if unknown > 0 { assembly.remarks.append("\(unknown) of \(names.count) materials are not in the material file") }
    }

    /// The materials of all libraries by name; the last of a name counts, and only that of names in use has its picture read.
    private mutating func readLibraries() -> [String: MTLReader.Entry] {
        var known: [String: MTLReader.Entry] = [:]
        for library in libraries.prefix(16) {
            for data in contents(of: library) {
                for entry in MTLReader.read(data) { known[entry.material.name] = entry }
            }
        }
        for name in names {
            guard let picture = known[name]?.picture else { continue }
            known[name]?.material.picture = neighbours.contents(named: picture, .picture)
        }
        return known
    }

    /// The files of one statement, which may name several; a name may hold blanks.
    private mutating func contents(of statement: String) -> [Data] {
        let parts = statement.split(separator: " ").map(String.init)
        guard parts.count > 1, parts.allSatisfy({ $0.lowercased().hasSuffix(".mtl") }) else {
            return neighbours.contents(named: statement, .materials).map { [$0] } ?? []
        }
        return parts.compactMap { neighbours.contents(named: $0, .materials) }
    }

    /// Scales and moves places as options of a material's picture say.
    private func place(_ placements: [MTLReader.Placement?], in assembly: inout MeshAssembly) {
        guard placements.contains(where: { $0 != nil }), !assembly.coordinates.isEmpty else { return }
        // The options are not written again, so that what is written has them in its places.
        defer { assembly.places = assembly.coordinates.map { SIMD2($0.x, 1 - $0.y) } }
        var start = 0
        for (face, end) in assembly.faceEnds.enumerated() {
            defer { start = end }
            guard let placement = placements.element(Int(assembly.materialOfFace[face])) ?? nil else { continue }
            for corner in start..<end {
                let place = assembly.coordinates[corner]
                let upwards = SIMD2(place.x, 1 - place.y) * placement.scale + placement.offset
                assembly.coordinates[corner] = SIMD2(upwards.x, 1 - upwards.y)
            }
        }
    }
}
