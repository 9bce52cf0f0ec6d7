import Foundation

/// Finds the files that a library carries, without `Bundle.module`, which traps where they are not.
package enum ResourceFolder {
    #if canImport(Darwin)
        private static let ending = ".bundle"
        private static let inner = "Contents/Resources/"
    #else
        private static let ending = ".resources"
        private static let inner = ""
    #endif

    /// The name of the bundle of a target of this package.
    package static func bundleName(_ target: String) -> String { "SegmentationBuddies_\(target)\(ending)" }

    /// Where the build or an installation puts `folder` of the resources of `target`, likeliest first.
    package static func places(of folder: String, target: String) -> [String] {
        let executable = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        let beside =
            [Bundle.main.bundleURL, Bundle.main.resourceURL, executable]
            + Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
        var places: [String] = []
        for url in beside.compactMap({ $0 }) {
            for path in [inner + folder, folder].map({ url.appendingPathComponent("\(bundleName(target))/\($0)").standardizedFileURL.path })
            where !places.contains(path) {
                places.append(path)
            }
        }
        return places
    }
}
