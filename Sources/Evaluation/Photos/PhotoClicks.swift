import BSBBasics
import Foundation

/// Real photos with clicks whose parts are known: a JSON file.
///
///     {"photos": [{"image": "mug_01/photo.jpg", "category": "Cup", "clicks": [{"x": 40, "y": 61, "part": "body"}],
///                  "masks": {"body": "mug_01-body.png", "handle": "mug_01-handle.png"}}]}
///
/// Images and masks are named relative to the file; masks are needed only to relate photos. Parts are named as in the labels of the category's meshes.
package struct PhotoClicks: Sendable, Hashable, Codable {
    /// All photos, in the order of the file.
    package var photos: [Photo]

    /// One photo.
    package struct Photo: Sendable, Hashable, Codable {
        /// The picture file, relative to the file of clicks.
        package var image: String
        /// The category of the meshes that its clicks are answered on.
        package var category: String
        /// The clicks, in the order of the file.
        package var clicks: [LabelledClick]
        /// The masks of its parts: by part a picture of the photo's size, bright where the part is.
        package var masks: [String: String]?
    }
}

extension PhotoClicks {
    /// Reads the file at `path`; images are then named from the current directory.
    ///
    /// Throws `Failure` if it is not such a file or has no click. Whether a click is inside its photo is checked when the photo is read.
    package init(contentsOf path: String) throws {
        let operation = "reading the clicks"
        self = try JSONFile.decode(PhotoClicks.self, from: path, operation: operation)
        guard photos.contains(where: { !$0.clicks.isEmpty }) else {
            throw Failure(.badInput, operation, path: path, reason: "there are no clicks")
        }
        let folder = (path as NSString).deletingLastPathComponent
        guard !folder.isEmpty else { return }
        photos = photos.map { photo in
            var photo = photo
            photo.image = Folder.place(photo.image, in: folder)
            photo.masks = photo.masks?.mapValues { Folder.place($0, in: folder) }
            return photo
        }
    }
}
