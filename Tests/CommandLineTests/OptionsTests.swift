import ArgumentParser
import BSBWorkbench
import Foundation
import Testing

@testable import bsb

/// Every option does something.
@Suite struct OptionsTests {
    /// The options of a group that settings are made of, each with a value that is not the usual one.
    nonisolated(unsafe) static let settings: [(group: any (ParsableArguments & SettingsOptions).Type, words: [String])] = [
        (MeshLookOptions.self, ["--normalisation", "boundingSphere"]), (MeshLookOptions.self, ["--segment-views", "7"]),
        (MeshLookOptions.self, ["--view-style", "lights"]), (MeshLookOptions.self, ["--solver", "max"]),
        (MeshLookOptions.self, ["--use-texture"]), (ViewOptions.self, ["--views", "7"]), (LiftOptions.self, ["--lift-views", "7"]),
        (PartOptions.self, ["--segmenter-mask", "middle"]), (PartOptions.self, ["--segmenter", "iseg"]),
        (PartOptions.self, ["--threshold", "otsu"]), (PartOptions.self, ["--clean-borders"]), (PartOptions.self, ["--all-pieces"]),
        (MatchingRuleOptions.self, ["--object-mask", "middle"]), (MatchingRuleOptions.self, ["--photo-area", "whole"]),
        (MatchingRuleOptions.self, ["--min-iou", "0.3"]), (MatchingRuleOptions.self, ["--min-existence", "0.3"]),
        (MatchingRuleOptions.self, ["--published"]),
    ]

    @Test(arguments: settings.indices) func settingsFollowTheOption(index: Int) throws {
        let (group, words) = Self.settings[index]
        func settings(_ words: [String]) throws -> Settings {
            var settings = Settings()
            try group.parse(words).apply(to: &settings)
            return settings
        }
        #expect(try settings(words) != settings([]), "\(words)")
    }

    @Test func noOptionOfASettingsGroupIsLeftOut() {
        let tested = Set(Self.settings.map { $0.words[0] })
        for group in [MeshLookOptions.self, ViewOptions.self, LiftOptions.self, PartOptions.self, MatchingRuleOptions.self]
            as [any ParsableArguments.Type]
        {
            let named = group.helpMessage(columns: 200).matches(of: /--([a-z-]+)/).map { "--\($0.output.1)" }
            #expect(Set(named).subtracting(["--help", "--ignore-texture"]).isSubset(of: tested), "\(group)")
        }
    }

    /// The names that a file of the command line declares as options or groups of them, and its text without those declarations and the checks.
    private static func commands() throws -> [(name: String, options: [String], text: String)] {
        let folder = DocumentationTests.root.appendingPathComponent("Sources/bsb")
        let sources = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }.map {
            try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
        }
        return sources.flatMap { source in
            source.split(separator: /\n(?=\S*(?:private )?struct )/).compactMap { part in
                let text = String(part)
                guard let name = text.firstMatch(of: /struct (\w+)/)?.output.1 else { return nil }
                let declared = text.matches(of: /(?s)@(?:Option|Flag|Argument|OptionGroup)\b(?:(?!\n    @).)*?\bvar (\w+)/)
                var rest = text
                for match in declared.reversed() { rest.removeSubrange(match.range) }
                if let check = rest.firstMatch(of: /(?s)    func validate\(\).*?\n    \}/) { rest.removeSubrange(check.range) }
                return (String(name), declared.map { String($0.output.1) }, rest)
            }
        }
    }

    @Test func everyOptionAndGroupIsUsed() throws {
        let commands = try Self.commands()
        let everything = commands.map(\.text).joined()
        #expect(commands.reduce(0) { $0 + $1.options.count } > 150, "so few options mean that the sources were not understood")
        for command in commands {
            for option in command.options {
                // What a group does not use itself is for the commands that have it.
                let isGroup = !command.text.contains("ParsableCommand")
                let isUsedHere = command.text.contains(try Regex("\\b\(option)\\b").wordBoundaryKind(.simple))
                let isUsedElsewhere = everything.contains(try Regex("\\.\(option)\\b").wordBoundaryKind(.simple))
                #expect(isUsedHere || isGroup && isUsedElsewhere, "\(command.name) does nothing with its \(option)")
            }
            // The group of what runs on meshes brings a seed and a cache.
            if command.options.contains("common"), command.name != "CommonOptions" {
                #expect(command.text.contains("common.workbench("), "\(command.name) keeps nothing in its cache")
                #expect(command.text.contains(/common\.(settings\(|seed)/), "\(command.name) has no use for its seed")
            }
        }
    }
}
