import ArgumentParser
import BSBBackbones
import BSBImages
import BSBResults
import BSBWorkbench
import Foundation

/// `bsb segment-image`: the masks of a click, without any mesh.
struct SegmentImage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segment-image", abstract: "Write the three masks that a click in a photo gives.")

    @Argument(help: ArgumentHelp("The photo: PNG, JPEG, WebP, HEIC, AVIF, TIFF, BMP or GIF.", valueName: "file"))
    var image: String

    @Option(
        help: ArgumentHelp(
            "The clicked pixel, counted from the upper left of the picture as it is seen; decimals are allowed.", valueName: "x,y"))
    var click: Pixel

    @Option(help: ArgumentHelp("A box around the part.", valueName: "x0,y0,x1,y1"))
    var box: Prompt.Box?

    @Option(help: ArgumentHelp("Where to write the masks.", valueName: "folder"))
    var output: String?

    @OptionGroup(title: "Models") var presets: PresetOptions
    @OptionGroup(title: "Models") var segmenterModel: SegmenterModelOptions
    @OptionGroup(title: "Running") var running: RunOptions
    @OptionGroup(title: "Running") var caching: CacheOptions

    func run() throws {
        try checkOutput(output, inputs: [image])
        let bench = try Workbench(
            presets.preset.settings, segmenterModel.choice(presets.preset), running, cache: caching.directory)
        let document = try ImageSegmentationJob(at: bench).run(image: image, click: Click(click, box: box), output: output)
        if running.json {
            try Terminal.result(json: document)
        } else {
            for mask in document.masks {
                Terminal.result(
                    "\(mask.level): \(String(format: "%.1f", mask.fraction * 100))% of the photo, predicted IoU "
                        + String(format: "%.2f", mask.predictedIoU))
            }
        }
    }
}
