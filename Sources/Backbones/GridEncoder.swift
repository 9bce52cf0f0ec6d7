import BSBBasics
import BSBImages
import BSBInference

/// How the graph of an image encoder is laid out.
package struct EncoderLayout: Sendable, Hashable, Codable {
    /// How a result holds the grid of vectors.
    package enum Order: Sendable, Hashable, Codable {
        /// batch x dimension x rows x columns.
        case planes
        /// batch x (prefix + rows x columns) x dimension: vision-transformer tokens, the grid's row-major at the end.
        case tokens

        var rank: Int { self == .planes ? 4 : 3 }
        var dimensionAxis: Int { self == .planes ? 1 : 2 }
    }

    /// The name of the input, batch x 3 x side x side.
    package var input: String
    /// The name of the output that holds the grid.
    package var output: String
    /// How pictures are prepared.
    package var preparation: ImagePreparation
    /// How the output holds the grid.
    package var order: Order
    /// The side of a cell in pixels of the frame; needed for tokens, read from the output's shape for planes.
    package var stride: Int?

    /// No known model has more class and register tokens.
    static let mostPrefixTokens = 16

    /// A layout with the given names.
    package init(input: String, output: String, preparation: ImagePreparation, order: Order = .planes, stride: Int? = nil) {
        self.input = input
        self.output = output
        self.preparation = preparation
        self.order = order
        self.stride = stride
    }

    /// The same for pictures `factor` times as large, to whole patches, or where there are none to 32 pixels.
    func scaled(by factor: Float) -> EncoderLayout {
        var result = self
        let step = Float(order == .tokens ? stride ?? 14 : 32)
        result.preparation.side = Int(max(1, (Float(preparation.side) * factor / step).rounded()) * step)
        return result
    }

    /// DINOv2 as it is published for ONNX, with or without registers: 14-pixel patches, class and register tokens in front.
    ///
    /// At 224 pixels on the longest side the grid is 16 x 16, as in the paper's method.
    package static func dinoV2(side: Int = 224) -> EncoderLayout {
        EncoderLayout(
            input: "pixel_values", output: "last_hidden_state", preparation: ImagePreparation(side: side, padding: .black),
            order: .tokens, stride: 14)
    }
}

/// A graph that turns pictures into grids of vectors.
struct GridEncoder: Sendable {
    let session: InferenceSession
    private(set) var layout: EncoderLayout
    /// The number of pictures that the graph insists on in one run.
    private let batch: Int
    let parallelism: Parallelism
    /// Keeps large networks from running side by side.
    private let gate: RunGate
    /// The length of a vector.
    let dimension: Int

    /// No known model has a sixteenth of this.
    private static let mostNumbersPerCell = 1 << 16

    /// Throws `Failure(.badInput)` if the graph does not have the layout.
    init(session: InferenceSession, layout: EncoderLayout, parallelism: Parallelism, gate: RunGate = RunGate(isOpen: true)) throws {
        self.session = session
        self.gate = gate
        self.layout = layout
        self.parallelism = parallelism
        let input = try session.signature(of: layout.input, among: session.inputs, rank: 4)
        let output = try session.signature(of: layout.output, among: session.outputs, rank: layout.order.rank)
        let side = layout.preparation.side
        try Self.checkSide(side, of: input, session)
        batch = max(1, input.shape[0] ?? 1)
        if let dimension = output.shape[layout.order.dimensionAxis] {
            guard (1...Self.mostNumbersPerCell).contains(dimension) else {
                throw session.mismatch("its output '\(layout.output)' has vectors of \(dimension) numbers")
            }
            self.dimension = dimension
        } else {
            // The graph leaves the length open, so a blank picture is asked.
            let blank = [Float](repeating: 0, count: batch * 3 * side * side)
            let result = try session.run([layout.input: Tensor(blank, shape: [batch, 3, side, side])], outputs: [layout.output])
            dimension = try Self.dimension(of: result[layout.output]!.shape, layout, session)
        }
    }

    private static func checkSide(_ side: Int, of input: TensorSignature, _ session: InferenceSession) throws {
        try session.checkPicture(side: side, batch: input.shape[0] ?? 1)
        guard !takes(side, input) else { return }
        throw session.mismatch("its input '\(input.name)' does not take pictures of \(side) x \(side) pixels")
    }

    private static func takes(_ side: Int, _ input: TensorSignature) -> Bool {
        zip(input.shape, [nil, 3, side, side]).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
    }

    /// The same graph in the layout `scaled(by: factor)`.
    ///
    /// Throws `Failure(.badInput)` if the graph takes one size only.
    func scaled(by factor: Float) throws -> GridEncoder {
        var result = self
        result.layout = layout.scaled(by: factor)
        let input = try session.signature(of: layout.input, among: session.inputs, rank: 4)
        guard Self.takes(result.layout.preparation.side, input) else {
            throw Failure(
                .badInput, "looking in several sizes", path: session.name,
                reason: "the graph takes pictures of \(layout.preparation.side) pixels only, not of \(result.layout.preparation.side)",
                hint: "use a graph that takes any size, or a preset that looks in one size")
        }
        return result
    }

    private static func dimension(of shape: [Int], _ layout: EncoderLayout, _ session: InferenceSession) throws -> Int {
        guard shape.count == layout.order.rank else { throw session.mismatch("its output '\(layout.output)' has \(shape.count) axes") }
        return shape[layout.order.dimensionAxis]
    }

    /// The grids of pictures of any size over their whole frame, or without the cells that no point of the picture is near.
    ///
    /// Every picture has a run of its own, several at a time: with these networks that is as quick as batches, and what a picture gets
    /// does not depend, even in its last bits, on the pictures that come with it.
    func grids(of images: [Image], cropped: Bool) throws -> [FeatureGrid] {
        try parallelism.map(images.count) { try self.grid(of: images[$0], cropped: cropped) }
    }

    private func grid(of image: Image, cropped: Bool) throws -> FeatureGrid {
        let result = try run(on: image, [layout.output])[0]
        return try Cells(result, layout: layout, batch: batch, dimension: dimension, session: session).grid(of: image, cropped: cropped)
    }

    /// The grids that other outputs of the same kind hold for a picture, all of one run, without the cells that no point of it is near.
    ///
    /// Throws `Failure(.badInput)` if the graph has no such output.
    func grids(of image: Image, outputs: [String]) throws -> [FeatureGrid] {
        for output in outputs { _ = try session.signature(of: output, among: session.outputs, rank: layout.order.rank) }
        return try zip(outputs, run(on: image, outputs)).map { output, result in
            var layout = layout
            layout.output = output
            let dimension = try Self.dimension(of: result.shape, layout, session)
            return try Cells(result, layout: layout, batch: batch, dimension: dimension, session: session).grid(of: image, cropped: true)
        }
    }

    private func run(on image: Image, _ outputs: [String]) throws -> [Tensor] {
        let side = layout.preparation.side
        let length = 3 * side * side
        let frames = [Float](unsafeUninitializedCapacity: batch * length) { frames, initialized in
            layout.preparation.fill(UnsafeMutableBufferPointer(rebasing: frames[..<length]), with: image)
            // Blank pictures fill the rest of a graph's fixed batch.
            UnsafeMutableBufferPointer(rebasing: frames[length..<batch * length]).initialize(repeating: 0)
            initialized = batch * length
        }
        let input = Tensor(frames, shape: [batch, 3, side, side])
        let results = try gate.pass { try session.run([layout.input: input], outputs: outputs) }
        return outputs.map { results[$0]! }
    }
}

/// The result of a run, from which its first picture's grid is taken.
private struct Cells {
    let values: [Float]
    let layout: EncoderLayout
    let columns: Int
    let rows: Int
    let dimension: Int
    /// Numbers before the first cell.
    let offset: Int

    init(_ tensor: Tensor, layout: EncoderLayout, batch: Int, dimension: Int, session: InferenceSession) throws {
        guard let floats = tensor.floats, tensor.shape.count == layout.order.rank, tensor.shape[0] == batch else {
            throw session.mismatch("its output '\(layout.output)' is not one float32 result for each picture")
        }
        guard floats.allSatisfy(\.isFinite) else { throw session.noNumbers(layout.output) }
        self.layout = layout
        self.dimension = dimension
        values = floats
        let side = layout.preparation.side
        switch layout.order {
        case .planes:
            (rows, columns, offset) = (tensor.shape[2], tensor.shape[3], 0)
            guard tensor.shape[1] == dimension, rows == columns, rows > 0 else {
                throw session.mismatch("its output '\(layout.output)' is not a square grid of \(dimension) numbers a cell")
            }
        case .tokens:
            let cells = side / (layout.stride ?? side)
            let prefix = tensor.shape[1] - cells * cells
            guard tensor.shape[2] == dimension, cells > 0, prefix >= 0 else {
                throw session.mismatch("its output '\(layout.output)' has \(tensor.shape[1]) tokens, fewer than \(cells) x \(cells)")
            }
            // A wrong size of patches would look like it.
            guard prefix <= EncoderLayout.mostPrefixTokens else {
                throw session.mismatch(
                    "its output '\(layout.output)' has \(tensor.shape[1]) tokens, too many for \(cells) x \(cells) patches")
            }
            (rows, columns, offset) = (cells, cells, prefix * dimension)
        }
    }

    func grid(of image: Image, cropped: Bool) -> FeatureGrid {
        let preparation = layout.preparation
        let map = preparation.map(width: image.width, height: image.height, stride: Float(preparation.side) / Float(columns))
        var (width, height) = (columns, rows)
        if cropped {
            width = Self.needed(map.scaleX * Float(image.width), of: columns)
            height = Self.needed(map.scaleY * Float(image.height), of: rows)
        }
        return FeatureGrid(columns: width, rows: height, dimension: dimension, values: vectors(width, height), map: map)
    }

    /// The number of cells that interpolation at points up to `extent` touches.
    private static func needed(_ extent: Float, of count: Int) -> Int {
        min(count, max(1, Int((extent - 0.5).rounded(.down)) + 2))
    }

    private func vectors(_ width: Int, _ height: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: width * height * dimension) { result, initialized in
            values.withUnsafeBufferPointer { values in
                for row in 0..<height {
                    let target = UnsafeMutableBufferPointer(rebasing: result[(row * width * dimension)..<((row + 1) * width * dimension)])
                    switch layout.order {
                    case .planes: copyPlanes(values, row * columns, target, width)
                    case .tokens: copyTokens(values, offset + row * columns * dimension, target)
                    }
                }
            }
            initialized = width * height * dimension
        }
    }

    private func copyPlanes(
        _ values: UnsafeBufferPointer<Float>, _ start: Int, _ target: UnsafeMutableBufferPointer<Float>, _ width: Int
    ) {
        for d in 0..<dimension {
            let source = start + d * rows * columns
            for column in 0..<width { target[column * dimension + d] = values[source + column] }
        }
    }

    private func copyTokens(_ values: UnsafeBufferPointer<Float>, _ start: Int, _ target: UnsafeMutableBufferPointer<Float>) {
        for i in target.indices { target[i] = values[start + i] }
    }
}

extension InferenceSession {
    /// The signature called `name`, of the given number of axes.
    ///
    /// Throws `Failure(.badInput)` if there is none.
    func signature(of name: String, among signatures: [TensorSignature], rank: Int) throws -> TensorSignature {
        guard let signature = signatures.first(where: { $0.name == name }) else {
            throw mismatch("it has no '\(name)', but \(signatures.map { "'\($0.name)'" }.joined(separator: ", "))")
        }
        guard signature.shape.count == rank, signature.elementType == .float32 else {
            throw mismatch("its '\(name)' is not a float32 array of \(rank) axes")
        }
        return signature
    }

    /// Throws `Failure(.badInput)` for a graph that wants pictures larger than any model does, or many at once.
    func checkPicture(side: Int, batch: Int = 1) throws {
        guard (1...8192).contains(side), (0...64).contains(batch) else {
            throw mismatch("it wants \(max(1, batch)) picture(s) of \(side) x \(side) pixels at once; 64 of 8192 x 8192 are the most")
        }
        guard max(1, batch) * side * side <= 8192 * 8192 else {
            throw mismatch("it wants \(batch) pictures of \(side) x \(side) pixels at once, more than are taken into memory")
        }
    }

    /// The failure of a graph whose results are not numbers.
    func noNumbers(_ output: String) -> Failure { mismatch("its output '\(output)' holds values that are no finite numbers") }

    /// The failure of a graph that is not what was expected.
    func mismatch(_ reason: String) -> Failure {
        Failure(.badInput, "using the model", path: name, reason: reason, hint: "the file may hold another kind of model")
    }
}
