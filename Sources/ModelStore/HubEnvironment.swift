import Foundation

/// Where models are kept and how the hub is reached, from the variables that the hub's own tools use.
package struct HubEnvironment: Sendable {
    /// The hub's cache: `HF_HUB_CACHE`, else `hub` in `HF_HOME`.
    package var cache: String
    /// The hub's address: `HF_ENDPOINT`.
    package var endpoint: String
    /// What proves who the user is: `HF_TOKEN`, else the file that the hub's tools leave on logging in.
    package var token: String?
    /// Whether the network may not be used: `HF_HUB_OFFLINE`.
    package var isOffline: Bool
    /// The folder of the user's catalogue and of the pinned hashes: `BSB_CONFIG`.
    package var configuration: String
    /// The folder of models that are not from the hub: `BSB_MODELS`.
    package var ownModels: String

    /// The environment of this process.
    package init(_ variables: [String: String] = ProcessInfo.processInfo.environment) {
        func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : ($0 as NSString).expandingTildeInPath } }
        let home = value("HOME") ?? NSHomeDirectory()
        let hubHome = value("HF_HOME") ?? "\(value("XDG_CACHE_HOME") ?? "\(home)/.cache")/huggingface"
        cache = value("HF_HUB_CACHE") ?? value("HUGGINGFACE_HUB_CACHE") ?? "\(hubHome)/hub"
        endpoint = value("HF_ENDPOINT") ?? "https://huggingface.co"
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        isOffline = ["1", "ON", "YES", "TRUE"].contains((variables["HF_HUB_OFFLINE"] ?? "").uppercased())
        configuration = value("BSB_CONFIG") ?? "\(value("XDG_CONFIG_HOME") ?? "\(home)/.config")/segmentation-buddies"
        ownModels = value("BSB_MODELS") ?? "\(value("XDG_DATA_HOME") ?? "\(home)/.local/share")/segmentation-buddies/models"
        let tokenFile = value("HF_TOKEN_PATH") ?? "\(hubHome)/token"
        let stored = try? String(contentsOfFile: tokenFile, encoding: .utf8)
        token = [variables["HF_TOKEN"], stored].compactMap { $0?.trimmingCharacters(in: .whitespacesAndNewlines) }.first { !$0.isEmpty }
    }

    /// The user's own catalogue.
    package var userCatalogue: String { "\(configuration)/models.json" }
    /// The hashes of files that were fetched when nothing was known of them.
    package var pins: String { "\(configuration)/pins.json" }
}
