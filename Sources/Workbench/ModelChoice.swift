import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBInference
import BSBModelStore
import Foundation

/// Which image models a job works with: those that come with the package, or published ones by name or by file.
public struct ModelChoice: Sendable, Hashable {
    /// The feature extractor: nil for the embedded one, a name of the catalogue, or the path of a graph.
    public var features: String?
    /// The longest side of the picture that a published extractor sees, in pixels; nil is what it insists on, or the catalogue's.
    public var featureSide: Int?
    /// The segmenter: nil for the embedded one, a name of the catalogue, `ENCODER,DECODER`, or a folder that holds the two.
    public var segmenter: String?
    /// A file of calibrations for the models, which `bsb evaluate existence --fit` wrote; they come before those of the embedded pair.
    public var calibration: String?

    /// The embedded pair, unless told otherwise.
    public init(features: String? = nil, featureSide: Int? = nil, segmenter: String? = nil, calibration: String? = nil) {
        self.features = features
        self.featureSide = featureSide
        self.segmenter = segmenter
        self.calibration = calibration
    }

    /// Loads the models.
    ///
    /// - Parameter threads: the threads of one run of a published encoder; embedded models run side by side, each on one.
    /// - Throws: `Failure(.missingModel)` naming what is missing and how to get it, `.badInput` if a file is not such a model.
    package func load(threads: Int? = nil) throws -> ModelPair {
        try checkPresence()
        let runtime = try InferenceRuntime()
        let options = BackboneOptions(threads: threads)
        // What comes with the embedded pair, the object head and calibrations, is of that pair alone.
        var pair =
            features == nil && segmenter == nil
            ? try ModelPair(EmbeddedModels(), runtime: runtime)
            : ModelPair(
                extractor: try extractor(runtime, options) ?? ModelPair.embeddedExtractor(runtime),
                segmenter: try promptSegmenter(runtime, options) ?? ModelPair.embeddedSegmenter(runtime))
        if let calibration { pair.calibrations.add(try CalibrationTable(contentsOf: calibration)) }
        return pair
    }

    /// Loads the feature extractor alone.
    ///
    /// Throws `Failure` if a model or what runs it is not there.
    package func loadExtractor(threads: Int? = nil) throws -> any FeatureExtractor {
        let runtime = try InferenceRuntime()
        return try extractor(runtime, BackboneOptions(threads: threads)) ?? ModelPair.embeddedExtractor(runtime)
    }

    /// Names at once all models that are not here, so that one command fetches them.
    private func checkPresence() throws {
        let names = [features, segmenter].compactMap { $0 }.filter { !Self.isPath($0) }
        guard !names.isEmpty else { return }
        let store = try ModelStore()
        let listings = try store.listings()
        let missing = try names.filter { name in
            _ = try store.catalogue.entry(name)
            return listings.contains { $0.model.name == name && [.absent, .partly].contains($0.state) }
        }
        guard missing.count > 1 else { return }
        throw Failure(
            .missingModel, Self.operation, reason: "the models \(missing.joined(separator: " and ")) are not here",
            hint: "run 'bsb models pull \(missing.joined(separator: " "))'")
    }

    private func extractor(_ runtime: InferenceRuntime, _ options: BackboneOptions) throws -> (any FeatureExtractor)? {
        guard let features else { return nil }
        if Self.isPath(features) {
            return try ONNXFeatureExtractor(
                path: features, side: featureSide, identity: try Self.identity(of: [features]), runtime: runtime, options: options)
        }
        let located = try Self.located(features, .features)
        guard let graph = located.path(.graph) else { throw Self.incomplete(located) }
        return try ONNXFeatureExtractor(
            path: graph, side: featureSide ?? located.entry.side, patch: located.entry.patch,
            identity: ModelIdentity(name: features, hash: located.hash), runtime: runtime, options: options)
    }

    private func promptSegmenter(_ runtime: InferenceRuntime, _ options: BackboneOptions) throws -> (any PromptSegmenter)? {
        guard let segmenter else { return nil }
        if Self.isPath(segmenter) {
            let files = try Self.segmenterFiles(segmenter)
            return try PublishedSegmenter(
                encoder: files.encoder, decoder: files.decoder, identity: try Self.identity(of: [files.encoder, files.decoder]),
                runtime: runtime, options: options)
        }
        let located = try Self.located(segmenter, .segmenter)
        guard let encoder = located.path(.encoder), let decoder = located.path(.decoder) else { throw Self.incomplete(located) }
        return try PublishedSegmenter(
            encoder: encoder, decoder: decoder, identity: ModelIdentity(name: segmenter, hash: located.hash), runtime: runtime,
            options: options)
    }

    /// Whether a choice is meant as a file or folder and not as a name.
    private static func isPath(_ text: String) -> Bool { text.contains("/") || text.hasSuffix(".onnx") }

    private static func located(_ name: String, _ kind: CatalogueEntry.Kind) throws -> ModelStore.Located {
        let store = try ModelStore()
        let entry = try store.catalogue.entry(name)
        guard entry.kind == kind else {
            let other = entry.kind == .features ? "a feature extractor (--feature-model)" : "a segmenter (--segmenter-model)"
            throw Failure(.usage, operation, reason: "'\(name)' is \(other)")
        }
        return try store.locate(name)
    }

    /// The two graphs of `ENCODER,DECODER` or of a folder.
    private static func segmenterFiles(_ text: String) throws -> (encoder: String, decoder: String) {
        let parts = text.split(separator: ",").map(String.init)
        if parts.count == 2 { return (parts[0], parts[1]) }
        let names = try? FileManager.default.contentsOfDirectory(atPath: text)
        guard let names else {
            throw Failure(
                .missingModel, operation, path: text, reason: "there is no such folder",
                hint: "give a name, a folder with an encoder and a decoder, or ENCODER.onnx,DECODER.onnx")
        }
        func one(_ part: String) throws -> String {
            let found = names.filter { $0.hasSuffix(".onnx") && $0.contains(part) }.sorted()
            guard found.count == 1 else {
                throw Failure(
                    .missingModel, operation, path: text,
                    reason: "it holds \(found.count) files named '*\(part)*.onnx', where one is needed",
                    hint: "give the two files as ENCODER.onnx,DECODER.onnx")
            }
            return "\(text)/\(found[0])"
        }
        return (try one("encoder"), try one("decoder"))
    }

    /// The name and hash of models that are given as files; weights that a graph keeps in files beside it count.
    private static func identity(of files: [String]) throws -> ModelIdentity {
        var hashes: [String] = []
        for file in files {
            do { hashes.append(try ContentHash(ofFile: file, operation: operation).hex) } catch var failure as Failure {
                if failure.kind == .missingInput { failure.kind = .missingModel }
                throw failure
            }
            for beside in try GraphWeights.paths(besideGraph: file, operation: operation) {
                hashes.append(try ContentHash(ofFile: beside, operation: operation).hex)
            }
        }
        let name = URL(fileURLWithPath: files[0]).deletingPathExtension().lastPathComponent
        guard hashes.count > 1 else { return ModelIdentity(name: name, hash: hashes[0]) }
        var hasher = ContentHasher()
        for hash in hashes { hasher.add("file", hash) }
        return ModelIdentity(name: name, hash: hasher.finalize().hex)
    }

    private static func incomplete(_ located: ModelStore.Located) -> Failure {
        Failure(.badInput, operation, reason: "the entry '\(located.entry.name)' lists no graph, or no encoder and decoder")
    }

    private static let operation = "loading the model"
}
