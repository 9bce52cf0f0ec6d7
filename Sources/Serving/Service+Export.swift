import BSBBasics
import BSBResults
import BSBShapes
import BSBWorkbench
import Foundation

/// Which named parts of a mesh are taken away, and how.
package struct ExportRequest: Sendable, Codable {
    /// The mesh.
    package var mesh: Identifier
    /// The photo that masks are of; not needed for parts of answers.
    package var photo: Identifier?
    /// The parts.
    package var parts: [Part]
    /// What is written.
    package var formats: [NamedPartsOutputs.Format]

    /// A named part: its faces, as indices or as run lengths, or those of an answer.
    package struct Part: Sendable, Codable {
        /// Its name.
        package var name: String
        /// Its colour.
        package var color: PartColor
        /// Faces of the file.
        package var faces: [Int]?
        /// Faces of the file as lengths of runs outside and inside in turn.
        package var runs: [Int]?
        /// An answer, whose mask of the photo goes with the part.
        package var answer: Identifier?
    }
}

extension Service {
    /// Named parts of a mesh as files in a zip file.
    ///
    /// Throws `Failure` and `Refusal`.
    package func export(_ request: ExportRequest) async throws -> Data {
        let mesh = try mesh(request.mesh).mesh
        _ = try request.photo.map { try photo($0) }
        guard (1...200).contains(request.parts.count), !request.formats.isEmpty else {
            throw Failure(.usage, Self.exporting, reason: "give 1 to 200 parts and at least one format")
        }
        guard Set(request.parts.map(\.name)).count == request.parts.count, request.parts.allSatisfy({ (1...100).contains($0.name.count) })
        else { throw Failure(.usage, Self.exporting, reason: "names of parts have 1 to 100 signs and differ") }
        let parts = try request.parts.map { try part($0, of: mesh) }
        let (formats, parallelism) = (request.formats, bench.parallelism)
        return try await openGate.pass {
            try await Workbench.inBackground {
                let outputs = NamedPartsOutputs(parts, of: mesh, formats: formats, parallelism: parallelism)
                var zip = ZipArchive()
                for file in try outputs.files().files.files where file.name != NamedPartsOutputs.documentName || formats.contains(.json) {
                    zip.add(file.name, file.data)
                }
                return try zip.encoded()
            }
        }
    }

    private static let exporting = "exporting parts"

    private func part(_ part: ExportRequest.Part, of mesh: OpenMesh) throws -> NamedPartsOutputs.Part {
        let contents = try part.answer.map { try answer($0).contents } ?? nil
        return NamedPartsOutputs.Part(
            name: part.name, color: part.color.rgb, colorText: part.color.description, faces: try faces(part, contents, of: mesh),
            mask: contents?.mask)
    }

    private func faces(_ part: ExportRequest.Part, _ contents: (any AnswerContents)?, of mesh: OpenMesh) throws -> [Bool] {
        let count = mesh.mesh.fileFaceCount
        switch (part.faces, part.runs) {
        case (let indices?, nil):
            var faces = [Bool](repeating: false, count: count)
            for index in indices {
                guard faces.indices.contains(index) else {
                    throw Failure(
                        .usage, Self.exporting, reason: "part '\(part.name)' has face \(index)",
                        hint: "the mesh has faces 0 to \(count - 1)")
                }
                faces[index] = true
            }
            return faces
        case (nil, let runs?):
            guard let faces = RunDecoding.values(runs, count: count) else {
                throw Failure(
                    .usage, Self.exporting, reason: "the runs of part '\(part.name)' do not sum to the \(count) faces of the mesh")
            }
            return faces
        case (nil, nil):
            guard let found = contents?.part, found.mesh.hash == mesh.hash else {
                throw Failure(
                    .usage, Self.exporting, reason: "part '\(part.name)' has neither faces nor an answer with a part of this mesh")
            }
            return found.segment.fileFaceLabels(mesh.mesh)
        default: throw Failure(.usage, Self.exporting, reason: "part '\(part.name)' has both 'faces' and 'runs'")
        }
    }
}
