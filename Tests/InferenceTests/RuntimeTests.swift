import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBInference

@Suite struct RuntimeTests {
    private func emptySearch() -> RuntimeSearch {
        var search = RuntimeSearch(environment: [:])
        (search.startingFolders, search.folders, search.systemNames) = ([], [], [])
        return search
    }

    @Test func opensTheLibraryThatBootstrapInstalled() throws {
        let opened = try runtime.get()
        #expect(opened.version.hasPrefix("1."))
        #expect(opened.path.contains("libonnxruntime"))
    }

    @Test func severalRuntimesLiveSideBySide() throws {
        let first = try InferenceRuntime()
        do { _ = try InferenceRuntime() }
        let session = try InferenceSession(path: fixture("arithmetic.onnx"), runtime: first)
        #expect(session.inputs.count == 3)
    }

    @Test func aMissingLibraryIsNamedWithTheCommandThatInstallsIt() throws {
        try withTemporaryDirectory { directory in
            let folder = URL(fileURLWithPath: directory)
            var search = emptySearch()
            search.startingFolders = [folder.path]
            search.folders = ["/nowhere/cache"]
            let failure = try failure { _ = try InferenceRuntime(searching: search) }
            #expect(failure.kind == .missingModel)
            #expect(failure.description.contains(folder.path))
            #expect(failure.description.contains("/nowhere/cache"))
            #expect(failure.description.contains("scripts/bootstrap"))
            #expect(failure.description.contains(RuntimeSearch.variable))
        }
    }

    @Test func theEnvironmentVariableDecidesAlone() throws {
        let search = RuntimeSearch(environment: [RuntimeSearch.variable: "/nowhere/libonnxruntime.so"])
        #expect(search.candidates() == ["/nowhere/libonnxruntime.so"])
        let failure = try failure { _ = try InferenceRuntime(searching: search) }
        #expect(failure.kind == .missingModel)
        #expect(failure.reason.contains("'/nowhere/libonnxruntime.so'"))

        let found = try runtime.get().path
        let opened = try InferenceRuntime(searching: RuntimeSearch(environment: [RuntimeSearch.variable: found]))
        #expect(opened.path == found)
        #expect(RuntimeSearch(environment: [RuntimeSearch.variable: ""]).override == nil)
    }

    @Test func folderAboveIsSearchedAndAWrongFileIsSkipped() throws {
        try withTemporaryDirectory { directory in
            let folder = URL(fileURLWithPath: directory)
            let above = folder.appendingPathComponent(".runtime")
            let below = folder.appendingPathComponent("a/b")
            let wrong = below.appendingPathComponent(".runtime")
            for place in [above, wrong] { try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true) }
            let name = try #require(RuntimeSearch.fileNames.first)
            try Data("not a library".utf8).write(to: wrong.appendingPathComponent(name))
            var search = emptySearch()
            search.startingFolders = [below.path]
            let failure = try failure { _ = try InferenceRuntime(searching: search) }
            #expect(failure.reason.contains("of no use"))

            let library = try runtime.get().path
            try FileManager.default.createSymbolicLink(atPath: above.appendingPathComponent(name).path, withDestinationPath: library)
            let opened = try InferenceRuntime(searching: search)
            #expect(opened.path == above.appendingPathComponent(name).path)
        }
    }

    @Test func onlyTheProgramsOwnFoldersAreStartedFrom() throws {
        let program = try #require(Bundle.main.executableURL).resolvingSymlinksInPath().deletingLastPathComponent().path
        #expect(RuntimeSearch(environment: [:]).startingFolders == [program])
    }

    @Test func aLibraryThatIsNotTheRuntimeIsRefused() throws {
        #if os(Linux)
            let failure = try failure {
                _ = try InferenceRuntime(searching: RuntimeSearch(environment: [RuntimeSearch.variable: "libc.so.6"]))
            }
            #expect(failure.reason.contains("not ONNX Runtime"))
        #endif
    }
}
