import BSBBasics

/// What a decoder learns from: prompts with their answers, and points of the surface where a decoder's answer can be compared with them.
protocol TrainingMaterial: Sendable {
    /// The prompts that are learned, by number.
    var learned: [Int] { get }
    /// The prompts that are not learned, but decide when to stop.
    var heldOut: [Int] { get }

    /// Adds a prompt to a shard, to be compared at `count` random points, or at all there are, and returns how many these are.
    func add(_ prompt: Int, to builder: inout ShardBuilder, points count: Int?, _ generator: inout SeededGenerator) throws -> Int
}

extension TrainingMaterial {
    /// `wanted` random places below `count`, with repetitions; all of them if none are wanted or there are no more.
    func choose(_ wanted: Int?, of count: Int, _ generator: inout SeededGenerator) -> [Int] {
        guard let wanted, wanted < count else { return Array(0..<count) }
        return (0..<wanted).map { _ in generator.index(below: count) }
    }
}

extension DecoderTrainingOptions {
    /// Which of `count` sources of prompts (views, clicked vertices) are held out: a random choice, always leaving one to learn from.
    func heldOutSources(of count: Int) -> [Bool] {
        var order = Array(0..<count)
        var generator = SeededGenerator(seed: seed, stream: 0x0FF)
        order.shuffle(using: &generator)
        let outside = min(max(1, Int((heldOutShare * Double(count)).rounded())), count - 1)
        var isHeldOut = [Bool](repeating: false, count: count)
        for source in order.prefix(outside) { isHeldOut[source] = true }
        return isHeldOut
    }
}

/// The published signal: the 2D segmenter's masks of single views, compared at the pixels of each view.
struct MaskMaterial<Views: MeshViews>: TrainingMaterial {
    private(set) var learned: [Int] = []
    private(set) var heldOut: [Int] = []
    private let answers: [AnsweredView]
    private let views: Views
    private let limit: Int?
    private let pools: [PixelPool]?
    /// Of each prompt: the index into answers, and its own there.
    private var places: [SIMD2<Int32>] = []

    /// Pixels of a view that are chosen from, where not all are compared.
    private static var poolSize: Int { 2048 }
    /// Pools of so many views are kept; those of more are made anew whenever they are needed.
    private static var keptPools: Int { 512 }

    /// The material of the views that have answers.
    ///
    /// Throws `Failure` if there are none or they are another mesh's, and what the views throw.
    init(_ all: [AnsweredView], _ views: Views, _ options: DecoderTrainingOptions, _ parallelism: Parallelism) throws {
        let answers = all.filter { !$0.prompts.isEmpty }
        guard !answers.isEmpty else { throw PromptPlan.empty }
        for answer in answers { try Self.check(answer, views) }
        let limit = options.points == nil ? nil : Self.poolSize
        (self.answers, self.views, self.limit) = (answers, views, limit)
        pools = answers.count > Self.keptPools ? nil : try parallelism.map(answers.count) { try Self.pool(answers[$0], views, limit) }
        for (view, isHeldOut) in options.heldOutSources(of: answers.count).enumerated() {
            let numbers = Array(places.count..<(places.count + answers[view].prompts.count))
            places += answers[view].prompts.indices.map { SIMD2(Int32(view), Int32($0)) }
            if isHeldOut { heldOut += numbers } else { learned += numbers }
        }
    }

    private static func check(_ answer: AnsweredView, _ views: Views) throws {
        let (cells, vertices) = (answer.columns * answer.rows, views.scene.mesh.vertices.indices)
        guard views.cameras.indices.contains(answer.view),
            answer.prompts.allSatisfy({ prompt in
                prompt.logits.count == cells && !prompt.clicks.isEmpty && prompt.clicks.allSatisfy { vertices.contains($0.vertex) }
            })
        else { throw DecoderTrainer.foreignAnswers }
    }

    private static func pool(_ answer: AnsweredView, _ views: Views, _ limit: Int?) throws -> PixelPool {
        PixelPool(try views.surfaces(answer.view), faces: views.scene.mesh.faces, answers: answer, limit: limit)
    }

    func add(_ prompt: Int, to builder: inout ShardBuilder, points count: Int?, _ generator: inout SeededGenerator) throws -> Int {
        let (view, own) = (Int(places[prompt].x), Int(places[prompt].y))
        let pool = try pools?[view] ?? Self.pool(answers[view], views, limit)
        let pixels = choose(count, of: pool.count, &generator)
        builder.add(answers[view].prompts[own], pool: pool, pixels: pixels)
        return pixels.count
    }
}

/// The lift's answers, compared at vertices; all clicks that start at one vertex are learned or held out together.
struct LiftMaterial: TrainingMaterial {
    private(set) var learned: [Int] = []
    private(set) var heldOut: [Int] = []
    private let prompts: [LiftedPrompt]
    /// Of each prompt, the vertices of the part and the others, from which as many are drawn as the part's favour gives it; none where all
    /// vertices are drawn alike.
    private let sides: [(inside: [Int32], outside: [Int32])?]

    /// The material of lifted prompts on a mesh of `vertexCount` vertices.
    ///
    /// Throws `Failure` if there are none or they are another mesh's.
    init(_ prompts: [LiftedPrompt], vertexCount: Int, _ options: DecoderTrainingOptions) throws {
        guard !prompts.isEmpty else { throw PromptPlan.empty }
        guard
            prompts.allSatisfy({ prompt in
                prompt.steps.count == vertexCount && !prompt.clicks.isEmpty
                    && prompt.clicks.allSatisfy { (0..<vertexCount).contains($0.vertex) }
            })
        else { throw DecoderTrainer.foreignAnswers }
        self.prompts = prompts
        sides = prompts.map { options.favoursSmallParts ? Self.sides(of: $0) : nil }
        let sources = Array(Set(prompts.map(\.clicks[0].vertex))).sorted()
        let isHeldOut = Dictionary(uniqueKeysWithValues: zip(sources, options.heldOutSources(of: sources.count)))
        for (number, prompt) in prompts.enumerated() {
            if isHeldOut[prompt.clicks[0].vertex] == true { heldOut.append(number) } else { learned.append(number) }
        }
    }

    func add(_ prompt: Int, to builder: inout ShardBuilder, points count: Int?, _ generator: inout SeededGenerator) throws -> Int {
        let answer = prompts[prompt]
        let vertices = vertices(of: prompt, count, &generator)
        builder.add(answer.clicks, vertices: vertices, targets: vertices.map(answer.probability))
        return vertices.count
    }

    /// The vertices of the part and the others, ascending; nil where one of the two has none.
    private static func sides(of answer: LiftedPrompt) -> (inside: [Int32], outside: [Int32])? {
        let all = Int32(answer.steps.count)
        let inside = (0..<all).filter { answer.probability(Int($0)) >= 0.5 }
        let outside = (0..<all).filter { answer.probability(Int($0)) < 0.5 }
        return inside.isEmpty || outside.isEmpty ? nil : (inside, outside)
    }

    /// Random vertices, as many of the part as its favour gives it.
    private func vertices(of prompt: Int, _ count: Int?, _ generator: inout SeededGenerator) -> [Int] {
        let all = prompts[prompt].steps.count
        guard let count, count < all, let (inside, outside) = sides[prompt] else { return choose(count, of: all, &generator) }
        let (part, rest) = (Double(inside.count).squareRoot(), Double(outside.count).squareRoot())
        let own = min(count - 1, max(1, Int((Double(count) * part / (part + rest)).rounded())))
        return (0..<count).map { index in
            let pool = index < own ? inside : outside
            return Int(pool[generator.index(below: pool.count)])
        }
    }
}
