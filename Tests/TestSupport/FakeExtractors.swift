import BSBBackbones
import BSBBasics
import BSBImages
import Foundation
import Synchronization

/// A feature extractor that answers with the mean colour of each of 16 x 16 cells, and counts the pictures it is shown.
package final class ColorExtractor: FeatureExtractor {
    package let identity = ModelIdentity(name: "colours", hash: "c0")
    package let dimension = 3
    private let shown = Atomic(0)

    package init() {}

    /// The pictures it was shown.
    package var pictures: Int { shown.load(ordering: .relaxed) }

    package func features(of image: Image) throws -> FeatureGrid {
        shown.add(1, ordering: .relaxed)
        return FeatureGrid(
            16, over: image, dimension: 3, values: image.resized(width: 16, height: 16).pixels.map { Float($0) / 255 + 0.01 })
    }
}

/// A feature extractor that answers with the red of each cell's middle pixel and the rest of 1; larger where it is asked to be.
package struct RednessExtractor: FeatureExtractor {
    package var cells: Int
    package var identity: ModelIdentity { ModelIdentity(name: "redness", hash: "c\(cells)") }
    package let dimension = 2

    package init(cells: Int = 4) { self.cells = cells }

    package func features(of image: Image) throws -> FeatureGrid {
        let middles = (0..<cells).flatMap { row in
            (0..<cells).map { column in
                Pixel(x: (2 * column + 1) * image.width / (2 * cells), y: (2 * row + 1) * image.height / (2 * cells))
            }
        }
        let levels = middles.map { Float(image.pixels[3 * ($0.y * image.width + $0.x)]) / 255 }
        return FeatureGrid(cells, over: image, dimension: 2, values: levels.flatMap { [$0, 1 - $0] })
    }

    package func scaled(by factor: Float) throws -> any FeatureExtractor { RednessExtractor(cells: Int(Float(cells) * factor)) }
}

/// One that takes one size.
package struct StubbornExtractor: FeatureExtractor {
    package let identity = ModelIdentity(name: "stubborn", hash: "5b")
    package let dimension = 2

    package init() {}

    package func features(of image: Image) throws -> FeatureGrid { try RednessExtractor().features(of: image) }
}

/// Features: colour and position of the upper left pixel of each of 8 x 8 blocks, or of more where it sees pictures larger.
package struct BlockExtractor: FeatureExtractor {
    package var blocks: Int
    package var identity: ModelIdentity { ModelIdentity(name: "blocks", hash: blocks == 8 ? "b10c" : "b10c-\(blocks)") }
    package let dimension = 5

    package init(blocks: Int = 8) { self.blocks = blocks }

    package func features(of image: Image) throws -> FeatureGrid {
        var values: [Float] = []
        for row in 0..<blocks {
            for column in 0..<blocks {
                let start = 3 * (row * image.height / blocks * image.width + column * image.width / blocks)
                let (x, y) = (Float(column) * 64 / Float(blocks), Float(row) * 320 / Float(blocks))
                values += (image.pixels[start..<(start + 3)].map { Float($0) } + [x, y]).map { $0 / 255 - 0.5 }
            }
        }
        return FeatureGrid(blocks, over: image, dimension: 5, values: values)
    }

    package func scaled(by factor: Float) throws -> any FeatureExtractor { BlockExtractor(blocks: Int((8 * factor).rounded())) }
}

/// An extractor that gives every picture the pattern that the red of its first pixel names.
package struct PatternExtractor: FeatureExtractor {
    package let identity = ModelIdentity(name: "patterns", hash: "0")
    package let dimension = 16
    private let make: @Sendable (UInt8) -> FeatureGrid

    package init(_ make: @escaping @Sendable (UInt8) -> FeatureGrid) { self.make = make }

    package func features(of image: Image) -> FeatureGrid { make(image.pixels[0]) }
}

/// Colours, until it has seen a number of pictures: then it fails, as a killed run would end.
package final class StoppingExtractor: FeatureExtractor {
    private let inner = ColorExtractor()
    private let limit: Int
    package var identity: ModelIdentity { inner.identity }
    package var dimension: Int { inner.dimension }

    package init(after limit: Int) { self.limit = limit }

    package func features(of image: Image) throws -> FeatureGrid {
        guard inner.pictures < limit else { throw Failure(.internal, "looking", reason: "stopped") }
        return try inner.features(of: image)
    }
}

/// Colours, but the first picture takes until somebody opens the gate.
package final class GatedExtractor: FeatureExtractor, @unchecked Sendable {
    // Unchecked: everything mutable is only touched under the lock of `condition`.
    private let inner = ColorExtractor()
    private let condition = NSCondition()
    private var isOpen = false
    private var waiting = 0
    package var identity: ModelIdentity { inner.identity }
    package var dimension: Int { inner.dimension }

    package init() {}

    /// The pictures that came through the gate.
    package var shown: Int { inner.pictures }

    package func features(of image: Image) throws -> FeatureGrid {
        condition.lock()
        waiting += 1
        condition.broadcast()
        while !isOpen { condition.wait() }
        condition.unlock()
        return try inner.features(of: image)
    }

    /// Whether so many pictures have come to the gate.
    package func isWaitedFor(by count: Int) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        return waiting >= count
    }

    /// Returns once a picture is at the gate.
    package func entered() async {
        while !isWaitedFor(by: 1) { try? await Task.sleep(for: .milliseconds(1)) }
    }

    /// Lets all pictures through from now on.
    package func open() {
        condition.lock()
        isOpen = true
        condition.broadcast()
        condition.unlock()
    }
}

extension FeatureGrid {
    /// A grid of `side` x `side` cells over a picture.
    init(_ side: Int, over image: Image, dimension: Int, values: [Float]) {
        self.init(
            columns: side, rows: side, dimension: dimension, values: values,
            map: PlaneMap(scaleX: Float(side) / Float(image.width), scaleY: Float(side) / Float(image.height)))
    }
}
