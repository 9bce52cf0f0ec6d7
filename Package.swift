// swift-tools-version: 6.0
import PackageDescription

// The order below is the order of the layers: a target depends only on targets above it.
// ARCHITECTURE.md follows the data through them.

/// A thin, logic-free C shim over one native library, with the libraries it links.
func shim(_ name: String, linking libraries: String...) -> Target {
    .target(name: name, linkerSettings: libraries.map { .linkedLibrary($0) })
}

/// A library target and the test target that goes with it.
func library(_ name: String, on dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources)
}

func tests(_ name: String, on dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies, resources: resources)
}

let package = Package(
    name: "SegmentationBuddies",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "SegmentationBuddies", targets: ["SegmentationBuddies"]),
        .executable(name: "bsb", targets: ["bsb"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // C shims
        shim("CImageCodecs", linking: "spng", "turbojpeg", "webp", "webpdemux", "heif", "tiff", "gif"),
        shim("CMeshCodecs", linking: "draco", "meshoptimizer"),
        shim("CLinearAlgebra", linking: "openblas"),
        shim("CEmbree", linking: "embree3"),
        shim("CONNXRuntime", linking: "dl"),

        // What every layer uses: failures, seeded randomness, atomic files, hashes, arrays on disk
        library("Basics", on: [.product(name: "Crypto", package: "swift-crypto")]),

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
        library("Correspondence", on: ["Basics", "LinearAlgebra", "Images", "Backbones", "Distillation"]),

        // Made-up shapes and photo-like pictures of shapes, for examples, tests and training
        library("Examples", on: ["Basics", "Shapes"]),
        library("Photography", on: ["Basics", "Images", "Shapes", "Rendering"]),
        library("TrainingSets", on: ["Basics", "Images", "Shapes", "Rendering", "Photography"]),

        // The whole job: caches, one call from photo and mesh to result and pictures
        library(
            "SegmentationBuddies",
            on: [
                "Basics", "Images", "LinearAlgebra", "Shapes", "Rendering", "Texturing", "Backbones", "Distillation",
                "InteractiveSegmentation", "Correspondence", "Examples", "Photography", "ModelStore",
            ]),

        // Measuring it: data sets, protocols, baselines, statistics, reports
        library(
            "Evaluation",
            on: [
                "Basics", "Images", "LinearAlgebra", "Shapes", "Rendering", "Backbones", "Distillation", "InteractiveSegmentation",
                "Correspondence", "Examples", "Photography", "SegmentationBuddies",
            ]),

        // Thin tools
        .executableTarget(
            name: "bsb",
            dependencies: [
                "SegmentationBuddies", "ModelStore", "Evaluation", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(
            name: "TrainingData",
            dependencies: [
                "Examples", "Photography", "TrainingSets", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["SegmentationBuddies", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Benchmarks"),

        // Tests, and what several of them use
        .target(name: "TestSupport", dependencies: ["Basics", "Shapes"], path: "Tests/TestSupport"),
        tests("Basics"),
        tests("ModelStore"),
        tests("Images"),
        tests("LinearAlgebra"),
        tests("Shapes"),
        tests("Inference", resources: [.copy("Fixtures")]),
        tests("Rendering"),
        tests("Texturing", on: ["Examples", "Images", "Shapes"]),
        tests("Backbones", resources: [.copy("Fixtures")]),
        tests("Distillation"),
        tests("InteractiveSegmentation", on: ["Examples"], resources: [.copy("Published")]),
        tests("Correspondence", resources: [.copy("Fixtures")]),
        tests("Examples"),
        tests("Photography", on: ["Examples"]),
        tests("TrainingSets"),
        tests("SegmentationBuddies"),
        tests("Evaluation"),
        .testTarget(name: "CommandLineTests", dependencies: ["bsb", "Basics", "Images", "Shapes", "TestSupport"], exclude: ["Snapshots"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
