import BSBBasics
import BSBResults
import Foundation

/// Many clicks by `bsb batch`, against a shell loop of `bsb match`: the same answers, with the same cache, without files.
struct BatchBenchmark {
    /// Photos of each mesh, by seeds.
    private static let seeds = 6

    func run(_ runs: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bsb-benchmark-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("bsb").path
        var rows = ""
        var loop = "set -e\n"
        var count = 0
        for kind in ["mug", "chair", "guitar", "table"] {
            for seed in 0..<Self.seeds {
                let place = "\(folder)/\(kind)-\(seed)"
                let made = try Self.output(program, ["example", kind, "--seed", "\(seed)", "--output", place, "--width", "320"])
                guard made != nil, let click = try? String(contentsOfFile: "\(place)/click.txt", encoding: .utf8) else { continue }
                let (point, mesh) = (click.trimmingCharacters(in: .whitespacesAndNewlines), "\(folder)/\(kind)-0/mesh.obj")
                rows += #"{"id": "\#(count)", "photo": "\#(place)/photo.png", "mesh": "\#(mesh)", "click": [\#(point)]}"#
                rows += "\n"
                loop +=
                    "'\(program)' match --image '\(place)/photo.png' --click \(point) --mesh '\(mesh)' --cache '\(folder)/cache' --json "
                loop += ">/dev/null 2>&1 || [ $? = 2 ]\n"
                count += 1
            }
        }
        try AtomicFile.write(rows, to: "\(folder)/rows.jsonl")
        try AtomicFile.write(loop, to: "\(folder)/loop.sh")
        let batch = {
            try? FileManager.default.removeItem(atPath: "\(folder)/out")
            let list = ["batch", "\(folder)/rows.jsonl", "--output", "\(folder)/out", "--files", "none", "--cache", "\(folder)/cache"]
            guard try Self.output(program, list) != nil else {
                throw Failure(.internal, "measuring", path: program, reason: "bsb batch failed")
            }
        }
        // Meshes and photos are known to both.
        try batch()
        try Comparison(
            name: "\(count) clicks on 4 meshes by bsb batch, against a shell loop of bsb match", ours: batch,
            naive: {
                guard try Self.output("/bin/sh", ["\(folder)/loop.sh"]) != nil else {
                    throw Failure(.internal, "measuring", path: program, reason: "bsb match failed")
                }
            }, work: "\(count) answers of each, the cache warm"
        ).run(runs)
    }

    /// What a program prints; nil if it fails.
    private static func output(_ program: String, _ arguments: [String]) throws -> String? {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}
