import BSBAnswering
import BSBBackbones
import BSBWorkbench
import Foundation

/// One question of a manifest: a photo, a place in it, a mesh.
package struct BatchRow: Sendable {
    /// What the answer is called.
    package var id: String
    /// The line of the manifest, from 1.
    package var line: Int
    /// The photo's file, as it was named.
    package var photo: String
    /// The mesh's file, as it was named.
    package var mesh: String
    /// Where the photo is clicked.
    package var click: ClickItem
    /// What this question asks otherwise than the others.
    package var options: BatchOptions?
    /// The line itself, which decides the answer.
    package var text: String
}

/// What a row of a manifest may ask otherwise than the command line does.
package struct BatchOptions: Decodable, Sendable {
    /// Which of the segmenter's masks is the part.
    package var level: MaskLevel?
    /// The least probability of the mesh having the part.
    package var minExistence: Double?
    /// Whether pieces are kept that do not hang together with the answer.
    package var allPieces: Bool?

    private enum CodingKeys: String, CodingKey, CaseIterable { case level, minExistence, allPieces }

    /// Reads the options; one that there is not is an error, since it would change nothing.
    package init(from decoder: any Decoder) throws {
        let unknown = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
            .filter { CodingKeys(stringValue: $0) == nil }.sorted()
        if let name = unknown.first { throw unusable("there is no option '\(name)'") }
        let values = try decoder.container(keyedBy: CodingKeys.self)
        if let name = try values.decodeIfPresent(String.self, forKey: .level) {
            level = MaskLevel(rawValue: name)
            if level == nil {
                throw unusable("the level '\(name)' is none of \(MaskLevel.allCases.map(\.rawValue).joined(separator: ", "))")
            }
        }
        minExistence = try values.decodeIfPresent(Double.self, forKey: .minExistence)
        allPieces = try values.decodeIfPresent(Bool.self, forKey: .allPieces)
        if let minExistence, !(0...1).contains(minExistence) { throw unusable("minExistence is not between 0 and 1") }
    }

    /// Settings with these options.
    func applied(to settings: Settings) -> Settings {
        var settings = settings
        if let level { (settings.matching.partLevel, settings.lifting.level) = (level, level) }
        if let minExistence { settings.matching.minimumExistence = minExistence }
        if let allPieces { settings.keepsAllPieces = allPieces }
        return settings
    }

    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

/// A line that cannot be a question.
package struct UnusableLine: Error, Sendable {
    /// The line of the manifest, from 1.
    package var line: Int
    /// Its id, if it has one of its own.
    package var id: String?
    /// What is wrong.
    package var reason: String
}

extension BatchRow {
    /// Reads a line of a manifest.
    ///
    /// Throws `UnusableLine` saying what is wrong with it.
    package init(_ text: String, line: Int) throws(UnusableLine) {
        let fields: Fields
        let data = Data(text.utf8)
        guard (try? JSONSerialization.jsonObject(with: data)) is [String: Any] else {
            throw UnusableLine(line: line, reason: "it is no JSON object")
        }
        do {
            fields = try JSONDecoder().decode(Fields.self, from: data)
        } catch {
            let id = (try? JSONDecoder().decode(Identity.self, from: data))?.id?.text
            throw UnusableLine(line: line, id: id, reason: Self.reason(error))
        }
        let id = fields.id.text
        // The id names a folder.
        guard !id.isEmpty, id.utf8.count <= 200, id != ".", id != "..", !id.contains("/"),
            !id.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
        else { throw UnusableLine(line: line, id: nil, reason: "its id cannot name a folder") }
        self.init(
            id: id, line: line, photo: fields.photo, mesh: fields.mesh, click: fields.click, options: fields.options, text: text)
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it cannot be read" }
        return switch error {
        case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' is not what it should be"
        case .dataCorrupted(let context): context.debugDescription
        @unknown default: "it cannot be read"
        }
    }

    private struct Fields: Decodable {
        var id: Identifier
        var photo: String
        var mesh: String
        var click: ClickItem
        var options: BatchOptions?

        private enum CodingKeys: String, CodingKey { case id, photo, mesh, options }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            id = try values.decode(Identifier.self, forKey: .id)
            photo = try values.decode(String.self, forKey: .photo)
            mesh = try values.decode(String.self, forKey: .mesh)
            options = try values.decodeIfPresent(BatchOptions.self, forKey: .options)
            click = try ClickItem(from: decoder)
        }
    }

    private struct Identity: Decodable {
        var id: Identifier?
    }

    /// A text or a whole number.
    private struct Identifier: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int.self) { text = String(number) } else { text = try value.decode(String.self) }
        }
    }
}

private func unusable(_ reason: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: [], debugDescription: reason))
}
