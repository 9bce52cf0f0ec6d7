import BSBBasics
import Foundation
import BSBImages
import BSBRendering
import TestSupport
import Testing

@testable import BSBPhotography
@testable import BSBTrainingSets

struct TrainingSetTests {
    private func writer(_ directory: String, count: Int = 24, seed: UInt64 = 5) throws -> TrainingSetWriter {
        var options = TrainingSetWriter.Options()
        (options.count, options.size, options.shardSize, options.seed) = (count, 32, 16, seed)
        let bare = try TrainingShape(name: "bare", category: "Box", mesh: box([-0.5, -0.5, -0.5], [0.5, 0.5, 0.5]))
        return try TrainingSetWriter(
            directory: directory, material: TrainingMaterial(shapes: [trunk(), bare]),
            classes: [.init(category: "Trunk", part: "trunk"), .init(category: "Trunk", part: "arm")], options: options, command: "test")
    }

    private func trunk() throws -> TrainingShape {
        let (mesh, parts) = armedTrunk()
        return try TrainingShape(name: "trunk", category: "Trunk", mesh: mesh, faceClasses: parts, viewDirection: [0, 0, -1])
    }

    @Test func arraysHaveTheDocumentedShapes() throws {
        try withTemporaryDirectory { path in
            try writer(path).write(parallelism: Parallelism(threads: 2))
            for (shard, count) in [("shard-0000", 16), ("shard-0001", 8)] {
                func array(_ name: String) throws -> NumPyArray { try NumPyArray(contentsOf: "\(path)/\(shard)/\(name).npy") }
                #expect(try array("rgb").shape == [count, 32, 32, 3])
                #expect(try array("label").shape == [count, 32, 32])
                #expect(try array("instance").shape == [count, 32, 32])
                #expect(try array("region").shape == [count, 32, 32])
                #expect(try array("surface").shape == [count, 16, 16, 3])
                #expect(try array("surface").element == .float16)
                #expect(try array("shape").element == .int32)
                #expect(try array("style").shape == [count])
                let labels = Set(try #require(array("label").integers()))
                #expect(labels.isSubset(of: [0, 1, 254, 255]))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == ["manifest.json", "shard-0000", "shard-0001"])
        }
    }

    @Test func bytesDependOnNothingButTheSeed() throws {
        try withTemporaryDirectory { first in
            try withTemporaryDirectory { second in
                try writer(first).write(parallelism: Parallelism(threads: 1))
                // The second set is stopped, loses a shard, and goes on in more threads.
                try writer(second, count: 16).write(parallelism: Parallelism(threads: 3))
                try FileManager.default.createDirectory(atPath: second + "/.partial-shard-0001", withIntermediateDirectories: true)
                try writer(second).write(parallelism: Parallelism(threads: 3))
                for shard in ["shard-0000", "shard-0001"] {
                    for name in ["rgb", "label", "instance", "region", "surface", "shape", "style"] {
                        let file = "/\(shard)/\(name).npy"
                        #expect(try AtomicFile.readFile(first + file) == AtomicFile.readFile(second + file), "\(file)")
                    }
                }
            }
        }
    }

    @Test func completeShardsAreKeptAndOtherSetsRefused() throws {
        try withTemporaryDirectory { path in
            try writer(path).write()
            let mark = Data("kept".utf8)
            try mark.write(to: URL(fileURLWithPath: path + "/shard-0000/rgb.npy"))
            try writer(path).write()
            #expect(try AtomicFile.readFile(path + "/shard-0000/rgb.npy") == mark)
            #expect(throws: Failure.self) { try writer(path, seed: 6).write() }
        }
    }

    @Test func labelsInstancesAndCoordinatesAgree() throws {
        let shape = try trunk()
        let studio = try writer("unused").studio
        var styles = Set<TrainingStyle>()
        let runs = try (0..<8).map { try studio.examples(run: $0) }
        #expect(runs.allSatisfy { Set($0.map(\.shape)).count == 1 })
        for example in runs.joined() {
            styles.insert(example.style)
            for pixel in example.labels.indices {
                #expect((example.labels[pixel] == 255) == (example.instances[pixel] == 255))
                guard example.shape == 0, example.labels[pixel] != 255 else { continue }
                // The trunk is the largest piece and has number 0; the arms are 1 and 2.
                #expect(example.labels[pixel] == 0 ? example.instances[pixel] == 0 : [1, 2].contains(example.instances[pixel]))
            }
            guard example.shape == 0 else { continue }
            for cell in 0..<256 {
                let x = HalfPrecision.float(example.surfaceBits[3 * cell])
                guard !x.isNaN else { continue }
                let y = HalfPrecision.float(example.surfaceBits[3 * cell + 1])
                #expect(abs(x) < 0.71 && abs(y) < 0.61)
                // Coordinates are those of the undeformed shape, so what lies far out at the side is an arm.
                let around = [0, 1, 32, 33].map { example.labels[(cell / 16) * 64 + (cell % 16) * 2 + $0] }
                if abs(x) > 0.24, Set(around).count == 1 { #expect(around[0] == 1) }
                if abs(y) > 0.35, Set(around).count == 1 { #expect(around[0] == 0) }
            }
        }
        #expect(styles == Set(TrainingStyle.allCases))
        #expect(shape.faceInstances.max() == 2)
    }

    @Test func regionsAreTheMakersOwnAndPhotosMayHaveTheMeshsColours() throws {
        let (mesh, _) = armedTrunk()
        var coloured = mesh
        coloured.vertexColors = mesh.vertices.map { _ in [1, 0, 0] }
        var shape = try TrainingShape(name: "red", category: "Box", mesh: coloured)
        shape.faceRegions = (0..<36).map { $0 < 12 ? 4 : 255 }
        shape.ownColors = try #require(try SurfaceColors(coloured))
        var mixture = TrainingMixture()
        (mixture.photo, mixture.greyReference, mixture.greyRobust, mixture.deformed) = (1, 0, 0, 0)
        let studio = try TrainingStudio(material: TrainingMaterial(shapes: [shape]), mixture: mixture, side: 32, seed: 3)
        let examples = try (0..<8).flatMap { try studio.examples(run: $0) }
        var red = 0
        for example in examples {
            #expect(Set(example.regions).isSubset(of: [4, 255]))
            let onTrunk = example.regions.indices.filter { example.regions[$0] == 4 }
            #expect(onTrunk.allSatisfy { example.labels[$0] != TrainingExample.background && example.instances[$0] == 0 })
            let colours = onTrunk.map { example.image[$0 % 32, $0 / 32] }
            if !colours.isEmpty, colours.allSatisfy({ $0.red >= $0.green && $0.red >= $0.blue }) { red += 1 }
        }
        // Half of the photos show the mesh's own colour, the others made-up ones.
        #expect(red > 8 && red < examples.count, "\(red) of \(examples.count)")
    }

    @Test func shapesThatMakeNoSenseAreRefused() throws {
        #expect(throws: Failure.self) { try TrainingShape(name: "a", category: "b", mesh: box(.zero, .one), faceClasses: [1, 2]) }
        var broken = box(.zero, .one)
        broken.faces[3].y = 99
        #expect(throws: Failure.self) { try TrainingShape(name: "a", category: "b", mesh: broken) }
    }

    @Test func deformationsKeepShapesInTheUnitBall() {
        let mesh = box([-0.4, -0.6, -0.2], [0.4, 0.6, 0.2])
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<50 {
            let moved = Deformation.random(up: [0, 1, 0], using: &generator).apply(to: mesh.vertices)
            #expect(moved.allSatisfy { $0.isFinite && length($0) <= 1.0001 })
            #expect(moved.contains { length($0) > 0.999 })
        }
        let still = Deformation.none.apply(to: mesh.vertices)
        for (a, b) in zip(still, mesh.vertices) { #expect(length(a * length(mesh.vertices[0]) - b) < 1e-5) }
    }
}
