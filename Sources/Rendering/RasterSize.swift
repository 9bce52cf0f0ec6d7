/// The size of a picture in pixels.
package struct RasterSize: Hashable, Sendable, Codable {
    /// The number of columns.
    package var width: Int
    /// The number of rows.
    package var height: Int

    /// A size of `width` by `height` pixels.
    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// A square size.
    package init(_ side: Int) { self.init(width: side, height: side) }
}
