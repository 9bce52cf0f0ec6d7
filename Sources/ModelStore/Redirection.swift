import Foundation

/// Where a redirect may lead, and who may be told secrets there.
enum Redirection {
    /// The address that the `Location` of an answer from `url` names, relative to `url` where it is not whole.
    ///
    /// Nil if it is no web address, or would turn a safe connection into one that others can read.
    static func target(of location: String, from url: URL) -> URL? {
        guard let next = URL(string: location, relativeTo: url)?.absoluteURL, let host = next.host, !host.isEmpty else { return nil }
        switch next.scheme?.lowercased() {
        case "https": return next
        case "http": return url.scheme?.lowercased() == "http" ? next : nil
        default: return nil
        }
    }

    /// Whether two addresses are of one server: what the first may be told, the second may be.
    static func isSameServer(_ one: URL, _ other: URL) -> Bool {
        one.scheme?.lowercased() == other.scheme?.lowercased() && one.host?.lowercased() == other.host?.lowercased()
            && one.port == other.port
    }
}
