import BSBBasics
import BSBInference

extension EncoderLayout {
    /// The layout of a published feature extractor: one picture in, tokens (such as DINOv2's `last_hidden_state`) or planes out.
    ///
    /// - Parameter patch: the side of a patch for tokens; nil is what the number of tokens says where the graph fixes it, or 14.
    /// - Throws: `Failure(.badInput)` if the graph is no such model or takes another size.
    init(of session: InferenceSession, side wanted: Int?, patch: Int?) throws {
        let pictures = session.inputs.filter { $0.shape.count == 4 && $0.elementType == .float32 && ($0.shape[1] ?? 3) == 3 }
        guard session.inputs.count == 1, let input = pictures.first else {
            throw session.unknown("a feature extractor takes one picture (any x 3 x height x width)")
        }
        let known = ["last_hidden_state", "x_norm_patchtokens", "features"]
        let named = known.lazy.compactMap { name in session.outputs.first { $0.name == name } }.first
        guard let output = named ?? session.outputs.first(where: { [3, 4].contains($0.shape.count) }),
            [3, 4].contains(output.shape.count), output.elementType == .float32
        else { throw session.unknown("a feature extractor gives tokens or planes") }
        if let height = input.shape[2], let width = input.shape[3], height != width {
            throw session.mismatch("it takes pictures of \(width) x \(height) pixels only, which is not a square")
        }
        let fixed = input.shape[2] ?? input.shape[3]
        let side = wanted ?? fixed ?? 224
        guard fixed == nil || fixed == side else {
            throw session.mismatch("it takes pictures of \(fixed!) x \(fixed!) pixels only, not \(side)")
        }
        let isTokens = output.shape.count == 3
        try session.checkPicture(side: side, batch: input.shape[0] ?? 1)
        let patch = patch ?? output.shape[1].flatMap { Self.patch(tokens: $0, side: side) } ?? 14
        guard !isTokens || side % patch == 0 else {
            throw session.mismatch("pictures of \(side) x \(side) pixels are no whole number of patches of \(patch)")
        }
        self.init(
            input: input.name, output: output.name, preparation: ImagePreparation(side: side, padding: .black),
            order: isTokens ? .tokens : .planes, stride: isTokens ? patch : nil)
    }

    /// The side of a patch where `tokens` are a square of patches with class and register tokens in front; nil where they cannot be.
    private static func patch(tokens: Int, side: Int) -> Int? {
        let cells = Int(Double(tokens).squareRoot())
        guard cells > 0, side % cells == 0, tokens - cells * cells <= mostPrefixTokens else { return nil }
        return side / cells
    }
}

extension InferenceSession {
    /// The failure of a graph of no known layout.
    func unknown(_ expected: String) -> Failure {
        func list(_ signatures: [TensorSignature]) -> String { signatures.map { "'\($0.name)'" }.joined(separator: ", ") }
        return mismatch("\(expected), but this graph takes \(list(inputs)) and gives \(list(outputs))")
    }
}

extension ModelIdentity {
    /// The model as it is when it sees pictures of `side` pixels, which is another one for caches.
    func seen(at side: Int) -> ModelIdentity {
        var hasher = ContentHasher()
        hasher.add("model", hash)
        hasher.add("side", side)
        return ModelIdentity(name: "\(name) at \(side)", hash: hasher.finalize().hex)
    }
}
