// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Client",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "SegmentationBuddies", path: "../..")],
    targets: [
        .executableTarget(name: "client", dependencies: [.product(name: "SegmentationBuddies", package: "SegmentationBuddies")])
    ]
)
