import BSBBasics

/// What is asked of pairs of real photos.
package struct PhotoPairOptions: Sendable, Hashable, Codable {
    /// Clicks in all.
    package var samples = 200
    /// Clicks in the first photo of a pair.
    package var clicksPerPair = 4
    /// Meshes of each category that vote; the first ones of a seeded order.
    package var meshes = 3
    /// The seed of pairs, clicks and meshes.
    package var seed: UInt64 = 0

    /// The default options.
    package init() {}
}

/// Which photos are related, and what is clicked.
struct PhotoPairPlan {
    /// Two photos of a category and clicks in the first on parts that both show.
    struct Pair: Sendable, Hashable {
        var number: Int
        var first: Int
        var second: Int
        var clicks: [LabelledClick]
    }

    /// The pairs, by number.
    let pairs: [Pair]

    /// Deals pairs to the photos in turn; photos without a partner that shows one of their clicked parts are left out.
    init(_ photos: [PhotoClicks.Photo], options: PhotoPairOptions) {
        func parts(_ photo: PhotoClicks.Photo) -> Set<String> { Set((photo.masks ?? [:]).keys) }
        func usable(_ first: Int, _ second: Int) -> [LabelledClick] {
            let known = parts(photos[second])
            return photos[first].clicks.filter { known.contains($0.part) }
        }
        let partners = photos.indices.map { first in
            photos.indices.filter { $0 != first && photos[$0].category == photos[first].category && !usable(first, $0).isEmpty }
        }
        let firsts = photos.indices.filter { !partners[$0].isEmpty }
        var (pairs, left) = ([Pair](), options.samples)
        var number = 0
        while left > 0, !firsts.isEmpty {
            var generator = SeededGenerator(seed: options.seed ^ 0x9A12, stream: UInt64(number))
            let first = firsts[number % firsts.count]
            let second = partners[first][generator.index(below: partners[first].count)]
            var (rest, clicks) = (usable(first, second), [LabelledClick]())
            while clicks.count < min(options.clicksPerPair, left), !rest.isEmpty {
                clicks.append(rest.remove(at: generator.index(below: rest.count)))
            }
            pairs.append(Pair(number: number, first: first, second: second, clicks: clicks))
            left -= clicks.count
            number += 1
        }
        self.pairs = pairs
    }
}
