// swift-tools-version: 6.0
import PackageDescription

// The order below is the order of the layers: a target depends only on targets above it.
// ARCHITECTURE.md follows the data through them.

/// A module's name in the package graph of whoever uses this: what is not for clients has a prefix, so that it cannot meet another `Images`.
func module(_ name: String) -> String { "BSB\(name)" }

/// Other targets of this package.
func modules(_ names: [String]) -> [Target.Dependency] { names.map { .byName(name: module($0)) } }

/// A thin, logic-free C shim over one native library, with the libraries it links.
func shim(_ name: String, linking libraries: String...) -> Target {
    .target(name: module(name), path: "Sources/\(name)", linkerSettings: libraries.map { .linkedLibrary($0) })
}

/// A library that only this package's own targets see.
func library(
    _ name: String, on dependencies: [String] = [], products: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
    .target(name: module(name), dependencies: modules(dependencies) + products, path: "Sources/\(name)", resources: resources)
}

/// The tests of a library.
func tests(_ name: String, on dependencies: [String] = [], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: modules([name] + dependencies) + ["TestSupport"], resources: resources)
}

let package = Package(
    name: "SegmentationBuddies",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "SegmentationBuddies", targets: ["SegmentationBuddies"]),
        .executable(name: "bsb", targets: ["bsb"]),
        .library(name: "bsbc", type: .dynamic, targets: [module("CInterface")]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // C shims
        shim("CImageCodecs", linking: "spng", "turbojpeg", "webp", "webpdemux", "webpmux", "gif", "dl"),
        shim("CMeshCodecs", linking: "draco", "meshoptimizer"),
        shim("CLinearAlgebra", linking: "openblas"),
        shim("CEmbree", linking: "embree3"),
        shim("CONNXRuntime", linking: "dl"),
        shim("CPostgres", linking: "dl"),

        // What every layer uses: failures, seeded randomness, atomic files, hashes, arrays on disk
        library("Basics", products: [.product(name: "Crypto", package: "swift-crypto")]),

        // Where published models come from and are kept
        library("ModelStore", on: ["Basics"], resources: [.copy("Catalogue")]),

        // Data: pictures, matrices, meshes, neural graphs
        library("Images", on: ["Basics", "CImageCodecs"]),
        library("LinearAlgebra", on: ["Basics", "CLinearAlgebra"]),
        library("Shapes", on: ["Basics", "CMeshCodecs"]),
        library("Inference", on: ["Basics", "CONNXRuntime"]),

        // Seeing: cameras and rays; image models
        library("Rendering", on: ["Basics", "Images", "Shapes", "CEmbree"]),
        library("Texturing", on: ["Basics", "Images", "LinearAlgebra", "Shapes"]),
        library("Backbones", on: ["Basics", "Images", "Inference"], resources: [.copy("Models")]),

        // The method
        library("Distillation", on: ["Basics", "LinearAlgebra", "Shapes", "Rendering", "Backbones"]),
        library("InteractiveSegmentation", on: ["Basics", "LinearAlgebra", "Shapes", "Rendering", "Backbones", "Distillation"]),
        library("Correspondence", on: ["Basics", "LinearAlgebra", "Images", "Shapes", "Backbones", "Distillation"]),

        // A photo's object and a surface, point by point
        library("Registration", on: ["Basics", "Images", "LinearAlgebra", "Rendering", "Backbones", "Correspondence"]),

        // Made-up shapes and photo-like pictures of shapes, for examples, tests and training
        library("Examples", on: ["Basics", "Shapes"]),
        library("Photography", on: ["Basics", "Images", "Shapes", "Rendering", "Examples"]),
        library("TrainingSets", on: ["Basics", "Images", "Shapes", "Rendering", "Photography"]),

        // What is kept open: models, settings, photos, meshes, and what models see of them, in memory and on disk
        library(
            "Workbench",
            on: [
                "Basics", "ModelStore", "Images", "LinearAlgebra", "Shapes", "Inference", "Rendering", "Backbones", "Distillation",
                "InteractiveSegmentation", "Correspondence",
            ]),

        // Questions and answers: a click, and the ways beside it
        library(
            "Answering",
            on: [
                "Basics", "Images", "LinearAlgebra", "Shapes", "Rendering", "Texturing", "Backbones", "Distillation",
                "InteractiveSegmentation", "Correspondence", "Registration", "Workbench",
            ]),

        // What answers become outside: documents, files and pictures
        library(
            "Results",
            on: [
                "Basics", "Images", "Shapes", "Rendering", "Texturing", "Backbones", "InteractiveSegmentation", "Correspondence",
                "Registration", "Examples", "Photography", "Workbench", "Answering",
            ]),

        // Many questions from a list, on one machine or several
        library(
            "Batch",
            on: [
                "Basics", "Images", "Shapes", "Backbones", "InteractiveSegmentation", "Correspondence", "Workbench", "Answering", "Results",
            ]),

        // Many prepared meshes: searches and labels
        library(
            "Library",
            on: [
                "Basics", "Images", "LinearAlgebra", "Shapes", "Rendering", "Backbones", "Distillation", "InteractiveSegmentation",
                "Correspondence", "Workbench", "Answering", "Results", "CPostgres",
            ], products: [.product(name: "GRDB", package: "GRDB.swift")]),

        // What a client imports
        .target(
            name: "SegmentationBuddies",
            dependencies: modules([
                "Basics", "Images", "Shapes", "Backbones", "InteractiveSegmentation", "Correspondence", "Workbench", "Answering", "Results",
            ])),

        // What other programs ask: opened things by id, questions, events, answers; without a word about how they are carried
        library(
            "Serving",
            on: [
                "Basics", "Images", "Shapes", "Rendering", "Backbones", "InteractiveSegmentation", "Correspondence", "Examples",
                "Workbench",
                "Answering", "Results",
            ]),

        // The studio: Serving over HTTP, and its page
        library(
            "Studio", on: ["Basics", "Images", "Workbench", "Serving"],
            products: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ], resources: [.copy("Page")]),

        // The service over a pipe
        library(
            "Piping",
            on: [
                "Basics", "Images", "Shapes", "Texturing", "Backbones", "InteractiveSegmentation", "Workbench", "Answering", "Results",
                "Serving",
            ]),

        // The library as C sees it
        library(
            "CInterface", on: ["Basics", "Images", "Shapes", "Inference", "Backbones", "Workbench", "Answering", "Results"]),

        // Measuring it: data sets, protocols, baselines, statistics, reports
        library(
            "Evaluation",
            on: [
                "Basics", "Images", "LinearAlgebra", "Shapes", "Rendering", "Backbones", "Distillation", "InteractiveSegmentation",
                "Correspondence", "Registration", "Photography", "TrainingSets", "Workbench", "Answering", "Results", "Library",
            ]),

        // Thin tools
        .executableTarget(
            name: "bsb",
            dependencies: modules([
                "Basics", "ModelStore", "Images", "LinearAlgebra", "Shapes", "Rendering", "Texturing", "Backbones",
                "InteractiveSegmentation", "Correspondence", "Examples", "Workbench", "Answering", "Results", "Batch", "Library", "Serving",
                "Studio", "Piping", "Evaluation",
            ]) + [.product(name: "ArgumentParser", package: "swift-argument-parser")]),
        .executableTarget(
            name: "TrainingData",
            dependencies: modules(["Basics", "Images", "Shapes", "Rendering", "Examples", "Photography", "TrainingSets"]) + [
                .product(name: "ArgumentParser", package: "swift-argument-parser")
            ]),
        .executableTarget(
            name: "Fuzzing",
            dependencies: modules(["Basics", "Images", "Shapes", "InteractiveSegmentation", "Workbench", "Answering"]) + [
                .product(name: "ArgumentParser", package: "swift-argument-parser")
            ]),
        .executableTarget(
            name: "Benchmarks",
            dependencies: modules([
                "Basics", "Images", "LinearAlgebra", "Shapes", "Rendering", "Backbones", "Distillation", "InteractiveSegmentation",
                "Correspondence", "Examples", "Photography", "Workbench", "Answering", "Results",
            ]) + [.product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Benchmarks"),

        // Tests, and what several of them use
        .target(name: "TestSupport", dependencies: modules(["Basics", "Images", "Shapes", "Backbones"]), path: "Tests/TestSupport"),
        tests("Basics"),
        tests("ModelStore"),
        tests("Images", resources: [.copy("Pictures")]),
        tests("LinearAlgebra"),
        tests("Shapes", on: ["Images", "Rendering"], resources: [.copy("Cases"), .copy("Packed")]),
        tests("Inference", resources: [.copy("Fixtures")]),
        tests("Rendering"),
        tests("Texturing", on: ["Examples", "Images", "Shapes"]),
        tests(
            "Registration",
            on: ["Backbones", "Correspondence", "Distillation", "Examples", "Images", "LinearAlgebra", "Rendering", "Shapes"]),
        tests("Backbones", resources: [.copy("Fixtures")]),
        tests("Distillation"),
        tests("InteractiveSegmentation", on: ["Examples"], resources: [.copy("Published")]),
        tests("Correspondence", resources: [.copy("Fixtures")]),
        tests("Examples"),
        tests("Photography", on: ["Examples"]),
        tests("TrainingSets"),
        tests("Workbench"),
        tests("Serving", on: ["Basics", "Workbench", "Answering", "Results", "Shapes", "Images"]),
        tests("Results", on: ["Workbench", "Answering", "Evaluation", "Examples", "Rendering"]),
        tests(
            "Library",
            on: [
                "Answering", "Backbones", "Basics", "Correspondence", "Distillation", "Examples", "Images", "LinearAlgebra", "Shapes",
                "Workbench",
            ]),
        tests("Piping", on: ["Images", "Examples", "Workbench"]),
        tests("Evaluation"),
        .testTarget(
            name: "CommandLineTests",
            dependencies: ["bsb", "TestSupport"] + modules(["Basics", "Images", "Shapes", "Workbench", "Serving", "Studio"]),
            exclude: ["Snapshots", "Corpora"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
