import BSBBasics
import Foundation

/// Distributions that the recipes draw from.
extension SeededGenerator {
    /// Whether an event of probability `probability` happens.
    package mutating func chance(_ probability: Float) -> Bool { uniform() < probability }

    /// One of the elements; the collection is not empty.
    package mutating func pick<T>(_ elements: [T]) -> T { elements[index(below: elements.count)] }

    /// A number between `low` and `high` whose logarithm is uniform.
    package mutating func logUniform(_ low: Float, _ high: Float) -> Float {
        Float(exp(Double(uniform(Float(log(Double(low))), Float(log(Double(high)))))))
    }

    /// A direction uniform on the unit sphere.
    package mutating func direction() -> SIMD3<Float> {
        let z = uniform(-1, 1)
        let angle = uniform(0, 2 * .pi)
        let r = Float.maximum(0, 1 - z * z).squareRoot()
        return [r * cosine(angle), r * sine(angle), z]
    }

    /// A rotation uniform over all rotations.
    package mutating func rotation() -> Rotation { Rotation(up: direction(), angle: uniform(0, 2 * .pi)) }

    /// A generator of its own, so that what it draws does not shift what follows here.
    package mutating func fork() -> SeededGenerator { SeededGenerator(seed: next(), stream: next()) }
}

package func cosine(_ angle: Float) -> Float { Float(cos(Double(angle))) }

package func sine(_ angle: Float) -> Float { Float(sin(Double(angle))) }
