import BSBBackbones
import Foundation

/// A result that the cache can hold.
protocol Storable: Sendable {
    /// The result as bytes.
    var cacheData: Data { get }
    /// The result that was stored as `data`, or nil if it is none.
    init?(cached data: Data)
    /// Bytes in memory, about.
    var memoryBytes: Int { get }
}

extension FeatureGrid: Storable {
    var memoryBytes: Int { 4 * values.count }
}

extension ImageEmbedding: Storable {
    var memoryBytes: Int { ([features] + extras).reduce(0) { $0 + $1.memoryBytes } }
}

extension Workbench {
    /// The result of a recipe: from memory, from the cache, or made and kept in both.
    func kept<T: Storable>(_ recipe: Recipe, make: () throws -> T) throws -> T {
        try remembered(recipe, bytes: \.memoryBytes) {
            if let value = cache.read(recipe).flatMap({ T(cached: $0) }) { return value }
            let made = try make()
            cache.write(made.cacheData, recipe)
            return made
        }
    }

    /// The result of a recipe: from memory, or made and kept there.
    func remembered<T: Sendable>(_ recipe: Recipe, bytes: (T) -> Int, make: () throws -> T) throws -> T {
        try cancellation.check()
        return try memory.value(recipe.key, cancellation: cancellation, bytes: bytes, make: make)
    }
}
