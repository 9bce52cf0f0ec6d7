import BSBBasics
import BSBImages

/// A mask as COCO's uncompressed run-length encoding.
package struct RunLengths: Sendable, Codable, Hashable {
    /// height, width.
    package var size: [Int]
    /// Lengths of runs outside and inside in turn, column by column; the first is outside.
    package var counts: [Int]

    /// The runs of a mask.
    package init(_ mask: Mask) {
        size = [mask.height, mask.width]
        counts = mask.columnMajorRunLengths
    }

    /// The mask, in its own size.
    ///
    /// Throws `Failure(.usage)` for runs that are those of no mask.
    package func mask() throws -> Mask {
        guard size.count == 2 else { throw Failure(.usage, "reading the part's mask", reason: "its size is not [height, width]") }
        return try mask(width: size[1], height: size[0])
    }

    /// The mask, which must have the size of the photo.
    ///
    /// Throws `Failure(.usage)` where it has another.
    package func mask(width: Int, height: Int) throws -> Mask {
        guard size == [height, width], let mask = Mask(width: width, height: height, columnMajorRunLengths: counts) else {
            throw Failure(
                .usage, "reading the part's mask", reason: "its runs are not those of \(height) x \(width) pixels",
                hint: "size is [height, width], and counts sum to their product")
        }
        return mask
    }
}
