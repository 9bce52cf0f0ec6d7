import BSBBackbones
import BSBBasics
import BSBRendering
import BSBShapes
import BSBWorkbench
import Foundation

/// What decides all features of a library, so that they can be compared.
package struct LibraryRecipe: Codable, Hashable, Sendable {
    /// The version of what is kept.
    package var version = 1
    /// What saw the views.
    package var extractor: ModelIdentity
    /// How meshes are looked at.
    package var views: ViewPlan
    /// The seed of the views.
    package var seed: UInt64
    /// How meshes are scaled into the unit sphere.
    package var normalisation: Normalisation.Method
    /// Whether meshes are seen in grey or in their colours.
    package var surface: SurfaceLook
    /// How features are fitted.
    package var solver: SolverKind

    /// What decides the features that a workbench makes.
    ///
    /// Throws `Failure` if the extractor takes one size only and several are asked for.
    init(of bench: Workbench) throws {
        let settings = bench.settings
        extractor = try bench.viewExtractor.identity
        (views, seed, normalisation) = (settings.featureViews, settings.seed, settings.normalisation)
        (surface, solver) = (settings.surface, settings.solver)
    }
}

/// A folder that holds prepared meshes for searches: a file of features for each mesh, named by its content, and a catalogue, which may also be in a database.
package struct MeshLibrary: Sendable {
    /// The folder.
    package let folder: String
    /// What is known of the meshes.
    package let catalogue: any LibraryCatalogue

    private static let database = "library.sqlite"

    /// Opens a library that is there.
    ///
    /// - Parameter url: the PostgreSQL database that holds its catalogue, if that is not a file in the folder.
    /// - Throws: `Failure` if there is none.
    package init(opening folder: String, database url: String? = nil) throws {
        guard Folder.exists(url == nil ? "\(folder)/\(Self.database)" : folder) else {
            throw Failure(
                .missingInput, "opening the library", path: folder, reason: "there is no library",
                hint: "make one with 'bsb library add \(folder) MESHES'")
        }
        try self.init(folder, url)
    }

    /// Opens a library, or begins one.
    ///
    /// - Parameter url: the PostgreSQL database for its catalogue, if that is not to be a file in the folder.
    /// - Throws: `Failure` if it cannot be written.
    package init(creating folder: String, database url: String? = nil) throws {
        try AtomicFile.checkFolder(folder)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw Failure(.missingInput, "making the library", path: folder, reason: error.localizedDescription)
        }
        try self.init(folder, url)
    }

    private init(_ folder: String, _ url: String?) throws {
        self.folder = folder
        if let url {
            catalogue = try PostgresCatalogue(url)
        } else {
            catalogue = try SQLiteCatalogue("\(folder)/\(Self.database)")
        }
    }

    /// What the library's features are made by; nil for a new library.
    ///
    /// Throws `Failure` if it is of another version.
    package func recipe() throws -> LibraryRecipe? {
        guard let data = try catalogue.recipe() else { return nil }
        guard let recipe = try? JSONDecoder().decode(LibraryRecipe.self, from: data), recipe.version == 1 else {
            throw Failure(.badInput, "opening the library", path: folder, reason: "it is of another version", hint: "make it anew")
        }
        return recipe
    }

    /// A workbench that sees meshes as the library's were seen.
    ///
    /// Throws `Failure` if nothing was added yet, or with another feature extractor than the workbench's.
    package func adapted(_ bench: Workbench) throws -> Workbench {
        guard let recipe = try recipe() else {
            throw Failure(.missingInput, "opening the library", path: folder, reason: "no mesh was added to it")
        }
        var bench = bench
        (bench.settings.featureViews, bench.settings.seed) = (recipe.views, recipe.seed)
        (bench.settings.normalisation, bench.settings.surface) = (recipe.normalisation, recipe.surface)
        bench.settings.solver = recipe.solver
        guard try LibraryRecipe(of: bench) == recipe else {
            throw Failure(
                .usage, "opening the library", path: folder, reason: "its meshes were seen by the model \(recipe.extractor.name)",
                hint: "give the models with which they were added, or make another library")
        }
        return bench
    }

    /// Notes what decides features, for a new library.
    ///
    /// Throws `Failure(.usage)` if the library's were made otherwise than the workbench makes them.
    func adopt(_ bench: Workbench) throws {
        let wanted = try LibraryRecipe(of: bench)
        guard let recipe = try recipe() else { return try catalogue.setRecipe(JSONText.data(wanted, pretty: false)) }
        guard recipe == wanted else {
            throw Failure(
                .usage, "adding to the library", path: folder,
                reason: "its features are of \(recipe.extractor.name), \(recipe.views.count) views and seed \(recipe.seed)",
                hint: "give the options with which meshes were added, or make another library")
        }
    }

    /// The features of a mesh.
    ///
    /// Throws `Failure` if they are not there or damaged.
    package func features(of entry: LibraryEntry) throws -> StoredFeatures {
        guard let hash = entry.features else {
            throw Failure(.badInput, "reading features", path: entry.path, reason: "the library has none of this mesh")
        }
        return try StoredFeatures(contentsOf: place(hash))
    }

    /// Keeps the features of a mesh, and returns the hash that names them.
    ///
    /// Throws `Failure` if they cannot be written.
    func keep(_ features: StoredFeatures) throws -> (hash: String, bytes: Int) {
        let data = features.encoded()
        let hash = ContentHash(of: data).hex
        if !Folder.exists(place(hash)) { try AtomicFile.write(data, to: place(hash), operation: "writing features") }
        return (hash, data.count)
    }

    private func place(_ hash: String) -> String { "\(folder)/features/\(hash.prefix(2))/\(hash.dropFirst(2)).rows" }
}
