/// How much is taken and kept.
package struct ServiceLimits: Sendable, Hashable, Codable {
    /// The most bytes of one file.
    package var uploadBytes = 512 << 20
    /// The most bytes of all files that were uploaded and not closed.
    package var folderBytes = 4 << 30
    /// The most pixels of a photo.
    package var photoPixels = 100_000_000
    /// The most faces of a mesh.
    package var meshFaces = 2_000_000
    /// The most bytes of memory of opened photos, and of opened meshes.
    package var openBytes = 2 << 30
    /// The most bytes of a request that is JSON.
    package var requestBytes = 32 << 20
    /// The most answers that are kept.
    package var answers = 256
    /// The most bytes of kept answers.
    package var answerBytes = 512 << 20
    /// The most questions that wait or are answered.
    package var questions = 64
    /// The most questions that are answered at once.
    package var questionsAtOnce = 3
    /// Seconds after which a question that nobody listens to is withdrawn.
    package var patience = 60.0

    /// The usual limits.
    package init() {}
}
