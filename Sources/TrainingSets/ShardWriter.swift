import BSBBasics
import Foundation

/// Writes the arrays of one shard into a folder that takes its name when it is complete.
final class ShardWriter {
    private let path: String
    private let temporary: String
    private let images: NumPyWriter
    private let labels: NumPyWriter
    private let instances: NumPyWriter
    private let regions: NumPyWriter
    private let surfaces: NumPyWriter
    private var shapes: [Int32] = []
    private var styles: [UInt8] = []

    init(path: String, count: Int, size: Int) throws {
        self.path = path
        let folder = URL(fileURLWithPath: path)
        temporary = folder.deletingLastPathComponent().path + "/.partial-" + folder.lastPathComponent
        try? FileManager.default.removeItem(atPath: temporary)
        images = try NumPyWriter(path: temporary + "/rgb.npy", element: .uint8, shape: [count, size, size, 3])
        labels = try NumPyWriter(path: temporary + "/label.npy", element: .uint8, shape: [count, size, size])
        instances = try NumPyWriter(path: temporary + "/instance.npy", element: .uint8, shape: [count, size, size])
        regions = try NumPyWriter(path: temporary + "/region.npy", element: .uint8, shape: [count, size, size])
        surfaces = try NumPyWriter(path: temporary + "/surface.npy", element: .float16, shape: [count, size / 2, size / 2, 3])
    }

    func append(_ example: TrainingExample) throws {
        try images.append(example.image.pixels)
        try labels.append(example.labels)
        try instances.append(example.instances)
        try regions.append(example.regions)
        try surfaces.append(halfBits: example.surfaceBits)
        shapes.append(Int32(example.shape))
        styles.append(example.style.rawValue)
    }

    func finish() throws {
        for writer in [images, labels, instances, regions, surfaces] { try writer.finish() }
        try NumPyArray(shapes, shape: [shapes.count]).write(to: temporary + "/shape.npy")
        try NumPyArray(styles, shape: [styles.count]).write(to: temporary + "/style.npy")
        do {
            try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: temporary, toPath: path)
        } catch {
            throw Failure(.internal, "writing the training set", path: path, reason: error.localizedDescription)
        }
    }
}
