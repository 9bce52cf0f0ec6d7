/// A published model: what it is, where it comes from, and which files it has.
///
/// What is not known is left out; a hash that is not known is pinned when a file is first fetched.
package struct CatalogueEntry: Sendable, Hashable, Codable {
    /// What a model is for.
    package enum Kind: String, Sendable, Hashable, Codable {
        /// Turns pictures into grids of features.
        case features
        /// Turns clicks into masks.
        case segmenter
    }

    /// Where files come from.
    package struct Source: Sendable, Hashable, Codable {
        /// `owner/name` of a repository of the hub.
        package var hub: String?
        /// The branch or commit of the repository.
        package var revision: String?
        /// What stands before the name of each file, where they are not on the hub.
        package var url: String?
        /// Whether nobody has checked that the files are there.
        package var unverified: Bool?

        /// A repository of the hub, or an address.
        package init(hub: String? = nil, revision: String? = nil, url: String? = nil, unverified: Bool? = nil) {
            self.hub = hub
            self.revision = revision
            self.url = url
            self.unverified = unverified
        }
    }

    /// One file.
    package struct File: Sendable, Hashable, Codable {
        /// What a file is to the model.
        package enum Role: String, Sendable, Hashable, Codable {
            /// The one graph of a feature extractor.
            case graph
            /// The graph of a segmenter that sees the picture.
            case encoder
            /// The graph of a segmenter that answers prompts.
            case decoder
            /// Weights that a graph keeps beside it.
            case weights
        }

        /// What the file is to the model.
        package var role: Role
        /// Its path in the source; an absolute path for a file of the user's own.
        package var path: String
        /// Its length, if that is known.
        package var bytes: Int64?
        /// SHA-256 in lower-case hexadecimal, if that is known.
        package var sha256: String?

        /// A file of the given role and path.
        package init(role: Role, path: String, bytes: Int64? = nil, sha256: String? = nil) {
            self.role = role
            self.path = path
            self.bytes = bytes
            self.sha256 = sha256
        }
    }

    /// What people call it on the command line.
    package var name: String
    /// What it is, in a few words.
    package var title: String
    /// What it is for.
    package var kind: Kind
    /// The architecture, such as `dinov2`; the graph's own names of inputs and outputs decide how it is run.
    package var family: String
    /// Its licence; nil where it is not known.
    package var licence: String?
    /// Where its files come from; nil where there is no public file, or where they are the user's own.
    package var source: Source?
    /// Its files; none where they must be made first.
    package var files: [File]
    /// The longest side of the picture that the model is shown, in pixels, where the model leaves it open.
    package var side: Int?
    /// The side of a patch in pixels, for features in tokens.
    package var patch: Int?
    /// Multiply-adds of one encoding of a picture, by the formula of the architecture, where that is simple.
    package var multiplyAdds: Double?
    /// What to know about it.
    package var note: String?

    /// An entry of the given parts.
    package init(
        name: String, title: String, kind: Kind, family: String, licence: String? = nil, source: Source? = nil, files: [File],
        side: Int? = nil, patch: Int? = nil, note: String? = nil
    ) {
        self.name = name
        self.title = title
        self.kind = kind
        self.family = family
        self.licence = licence
        self.source = source
        self.files = files
        self.side = side
        self.patch = patch
        self.note = note
    }
}
