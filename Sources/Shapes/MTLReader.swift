import Foundation

/// Reads Wavefront MTL: `newmtl`, `Kd` and `map_Kd` with its options; everything else (reflection, transparency) is passed over.
enum MTLReader {
    /// A material and the picture that it names.
    struct Entry {
        var material: SurfaceAppearance.Material
        /// The picture's name in the file.
        var picture: String?
        /// How places in the picture are scaled and moved, where they are.
        var placement: Placement?
    }

    /// The options `-s` and `-o` of a picture.
    struct Placement {
        var scale = SIMD2<Float>(1, 1)
        var offset = SIMD2<Float>(0, 0)
    }

    /// The materials in `data`, without their pictures' contents.
    static func read(_ data: Data) -> [Entry] {
        let entries = try? TextScanner.scan(data) { start -> [Entry] in
            var (scanner, entries) = (start, [Entry]())
            while !scanner.isAtEnd {
                if let keyword = scanner.token() { readStatement(keyword, &scanner, &entries) }
                scanner.nextLine()
            }
            return entries
        }
        return entries ?? []
    }

    private static func readStatement(_ keyword: TextScanner.Token, _ scanner: inout TextScanner, _ entries: inout [Entry]) {
        if scanner.matchesIgnoringCase(keyword, "newmtl") {
            entries.append(Entry(material: .init(name: scanner.restOfLine())))
        } else if entries.isEmpty {
            return
        } else if scanner.matchesIgnoringCase(keyword, "kd") {
            let numbers = (0..<3).compactMap { _ in scanner.token().flatMap { scanner.number($0) } }
            guard numbers.count == 3, numbers.allSatisfy(\.isFinite) else { return }
            let color = SIMD3(Float(numbers[0]), Float(numbers[1]), Float(numbers[2]))
            entries[entries.count - 1].material.color = color.clamped(lowerBound: .zero, upperBound: .one)
        } else if scanner.matchesIgnoringCase(keyword, "map_kd") {
            var words = scanner.restOfLine().split(separator: " ", omittingEmptySubsequences: false)[...]
            entries[entries.count - 1].placement = passOptions(&words)
            entries[entries.count - 1].picture = words.joined(separator: " ").trimmingCharacters(in: .whitespaces)
        } else if keptStatements.contains(scanner.text(keyword).lowercased()),
            entries[entries.count - 1].material.otherStatements.count < 32
        {
            let statement = "\(scanner.text(keyword)) \(scanner.restOfLine())"
            entries[entries.count - 1].material.otherStatements.append(String(statement.prefix(200)))
        }
    }

    /// What is passed over but kept: numbers only, no names of files.
    private static let keptStatements: Set<String> = [
        "ka", "ks", "ke", "ns", "ni", "d", "tr", "tf", "illum", "pr", "pm", "ps", "pc", "pcr", "aniso", "anisor",
    ]

    /// The largest number of values that each option takes; numbers may be fewer.
    private static let options: [Substring: Int] = [
        "-blendu": 1, "-blendv": 1, "-boost": 1, "-mm": 2, "-o": 3, "-s": 3, "-t": 3, "-texres": 1, "-clamp": 1, "-bm": 1, "-imfchan": 1,
        "-type": 1, "-cc": 1, "-colorspace": 1,
    ]

    /// Takes options such as `-s 1 1 1` from the front of a picture's name, which may hold blanks.
    private static func passOptions(_ words: inout ArraySlice<Substring>) -> Placement? {
        var placement: Placement?
        while let option = words.first(where: { !$0.isEmpty }), let count = options[option.lowercased()[...]] {
            words = words.drop { $0.isEmpty }.dropFirst()
            var values: [Float] = []
            let wantsWord = ["-blendu", "-blendv", "-clamp", "-imfchan", "-type", "-cc", "-colorspace"].contains(option.lowercased())
            for _ in 0..<count {
                guard let word = words.first(where: { !$0.isEmpty }), wantsWord || Float(word) != nil else { break }
                words = words.drop { $0.isEmpty }.dropFirst()
                values.append(Float(word) ?? 0)
            }
            guard ["-s", "-o"].contains(option.lowercased()), let first = values.first else { continue }
            let pair = SIMD2(first, values.element(1) ?? (option.lowercased() == "-s" ? first : 0))
            guard pair.x.isFinite, pair.y.isFinite else { continue }
            var changed = placement ?? Placement()
            if option.lowercased() == "-s" { changed.scale = pair } else { changed.offset = pair }
            placement = changed
        }
        return placement
    }
}
