import BSBBasics

/// Names a result by everything that decides it: one name for the memory and for the cache on disk.
///
/// Results of one kind with the same ingredients share a folder, in which `item` tells them apart.
package struct Recipe: Sendable, Hashable {
    /// What sort of result it is, in lower-case words with hyphens.
    package let kind: String
    /// The folder of the cache: the kind and a hash of the ingredients.
    package let folder: String
    /// The file in the folder.
    package var item: String

    /// Bump it when what an entry means changes; it is part of every name.
    private static let version = "2"

    /// A result of `kind` that `ingredients`, each with its label, decide.
    package init(_ kind: String, _ ingredients: KeyValuePairs<String, String>, item: String = "value") {
        self.kind = kind
        var hasher = ContentHasher()
        hasher.add("version", Self.version)
        hasher.add("kind", kind)
        for (label, value) in ingredients { hasher.add(label, value) }
        folder = "\(kind)-\(hasher.finalize().hex.prefix(32))"
        self.item = item
    }

    /// The same with another file in the folder.
    func item(_ name: String) -> Recipe {
        var recipe = self
        recipe.item = name
        return recipe
    }

    /// Its name in memory.
    var key: String { "\(folder)/\(item)" }
}
