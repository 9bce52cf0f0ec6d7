import BSBBasics
import BSBLinearAlgebra
import Testing

@testable import BSBDistillation

@Suite struct FeatureMLPTests {
    func positions(_ count: Int) -> [SIMD3<Float>] {
        var generator = SeededGenerator(seed: 5)
        return (0..<count).map { _ in [generator.uniform(-1, 1), generator.uniform(-1, 1), generator.uniform(-1, 1)] }
    }

    func network(_ activation: FeatureMLP.OutputActivation) throws -> FeatureMLP {
        var network = try FeatureMLP(.init(outputs: 3, width: 10, depth: 2, sigma: 1, activation: activation), seed: 6)
        // Gains and shifts away from 1 and 0, so that their place in the formulas matters.
        var generator = SeededGenerator(seed: 7)
        for index in network.parameters.indices where index % 4 >= 2 {
            for i in network.parameters[index].values.indices { network.parameters[index].values[i] += generator.uniform(-0.5, 0.5) }
        }
        return network
    }

    @Test func publishedParameterCounts() throws {
        #expect(try FeatureMLP(.init(outputs: 256), seed: 0).parameterCount == 463_616)
        #expect(FeatureMLP.Shape(outputs: 1024, width: 1024).parameterSizes.reduce(0) { $0 + $1.rows * $1.columns } == 7_359_488)
    }

    @Test(arguments: FeatureMLP.OutputActivation.allCases)
    func forwardAgreesWithDefinition(activation: FeatureMLP.OutputActivation) throws {
        let network = try network(activation)
        let naive = NaiveNetwork(network)
        let features = network.features(at: positions(9))
        for (row, position) in positions(9).enumerated() {
            for (column, expected) in naive.output(at: position).enumerated() {
                #expect(abs(Double(features[row, column]) - expected) < 2e-5)
            }
        }
    }

    @Test(arguments: FeatureMLP.OutputActivation.allCases)
    func everyGradientAgreesWithDifferences(activation: FeatureMLP.OutputActivation) throws {
        let network = try network(activation)
        let positions = positions(4)
        var generator = SeededGenerator(seed: 8)
        let seedGradient = Matrix(rows: 4, columns: 3, values: (0..<12).map { _ in generator.uniform(-1, 1) })
        let trace = network.forward(positions, parallelism: Parallelism(threads: 1))
        let gradients = network.backward(trace, outputGradient: seedGradient, parallelism: Parallelism(threads: 1))
        var naive = NaiveNetwork(network)
        let step = 1e-6
        for (index, gradient) in gradients.enumerated() {
            let scale = gradient.values.reduce(Float(1e-3)) { max($0, abs($1)) }
            for i in gradient.values.indices {
                let value = naive.parameters[index][i]
                naive.parameters[index][i] = value + step
                let above = naive.loss(at: positions, outputGradient: seedGradient)
                naive.parameters[index][i] = value - step
                let below = naive.loss(at: positions, outputGradient: seedGradient)
                naive.parameters[index][i] = value
                let expected = (above - below) / (2 * step)
                #expect(abs(Double(gradient.values[i]) - expected) < 2e-4 * Double(scale), "parameter \(i) of \(index)")
            }
        }
    }

    @Test func sameBytesForAnyNumberOfThreads() throws {
        let network = try FeatureMLP(.init(outputs: 20, width: 40), seed: 1)
        let one = network.features(at: positions(700), parallelism: Parallelism(threads: 1))
        #expect(network.features(at: positions(700), parallelism: Parallelism(threads: 3)) == one)
    }

    @Test func refusesEmptySizes() {
        #expect(throws: Failure.self) { try FeatureMLP(.init(outputs: 0), seed: 0) }
        #expect(throws: Failure.self) { try FeatureMLP(.init(outputs: 1, width: .max), seed: 0) }
    }
}
