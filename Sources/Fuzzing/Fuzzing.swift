import ArgumentParser
import BSBBasics
import Foundation

#if LIBFUZZER
    /// What libFuzzer calls.
    ///
    /// The script `fuzz` builds with it; the environment's FUZZ_TARGET says what is fed.
    @_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
        try? chosenTarget.run(Data(bytes: bytes, count: count))
        return 0
    }

    private let chosenTarget = FuzzTarget(rawValue: ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? "") ?? .mesh
#else
    /// Feeds readers with damaged copies of files, by a seed, until the time is up.
    ///
    /// The input at hand is kept in a file until it is done with, so that one that ends the program is found there. One that takes longer
    /// than the limit ends it, too.
    @main struct Fuzzing: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Feed readers with damaged files.")

        @Argument(help: "What is fed.")
        var target: FuzzTarget

        @Argument(help: ArgumentHelp("Folders of whole files to start from.", valueName: "folder"))
        var corpora: [String]

        @Option(help: ArgumentHelp("How long.", valueName: "seconds"))
        var seconds = 60.0

        @Option(help: ArgumentHelp("The longest time for one input.", valueName: "seconds"))
        var limit = 20.0

        @Option(help: ArgumentHelp("The seed of all damage.", valueName: "number"))
        var seed: UInt64 = 0

        @Option(help: ArgumentHelp("Where the input at hand is kept.", valueName: "file"))
        var input = "fuzz-input"

        func run() throws {
            let files = try wholeFiles()
            var mutation = Mutation(seed: seed, others: files)
            let watch = Watch(limit: limit)
            let start = Date()
            var (count, read) = (0, 0)
            while Date().timeIntervalSince(start) < seconds {
                let data = mutation.next()
                try data.write(to: URL(fileURLWithPath: input))
                watch.begin()
                do {
                    try target.run(data)
                    read += 1
                } catch is Failure {}
                watch.end()
                count += 1
            }
            try FileManager.default.removeItem(atPath: input)
            print(
                "\(target.rawValue): \(count) inputs from \(files.count) files in \(Int(seconds)) s, \(read) of them read, none ended the program"
            )
        }

        /// The files of the folders with the target's endings, the small ones.
        private func wholeFiles() throws -> [Data] {
            var files: [Data] = []
            for folder in corpora {
                for name in try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() {
                    let url = URL(fileURLWithPath: "\(folder)/\(name)")
                    guard target.endings.contains(url.pathExtension.lowercased()), files.count < 2000,
                        let data = try? Data(contentsOf: url), data.count <= 200_000
                    else { continue }
                    files.append(data)
                }
            }
            guard !files.isEmpty else {
                throw Failure(.missingInput, "looking for files to damage", reason: "the folders hold no small \(target.rawValue) file")
            }
            return files
        }
    }

    /// Ends the program where one input takes too long.
    private final class Watch: Sendable {
        private let began = Guarded<Date?>(nil)

        init(limit: Double) {
            Thread.detachNewThread { [weak self] in
                while let self {
                    if let began = self.began.withLock({ $0 }), Date().timeIntervalSince(began) > limit {
                        fatalError("one input took too long")
                    }
                    Thread.sleep(forTimeInterval: 0.5)
                }
            }
        }

        func begin() { began.withLock { $0 = Date() } }
        func end() { began.withLock { $0 = nil } }
    }
#endif
