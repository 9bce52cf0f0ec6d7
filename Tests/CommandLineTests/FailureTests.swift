import Foundation
import BSBImages
import Testing

/// Every failure is one readable line on standard error with its exit code, and leaves nothing half-written.
@Suite struct FailureTests {
    static let cube = """
        v 0 0 0
        v 1 0 0
        v 1 1 0
        v 0 1 0
        v 0 0 1
        v 1 0 1
        v 1 1 1
        v 0 1 1
        f 1 4 3 2
        f 5 6 7 8
        f 1 2 6 5
        f 2 3 7 6
        f 3 4 8 7
        f 4 1 5 8

        """

    @Test func aMissingPhotoIs66() throws {
        let folder = try Folder()
        let mesh = try folder.write("cube.obj", Self.cube)
        let run = try Program.run(
            ["match", "--image", "none.png", "--click", "1,1", "--mesh", mesh, "--output", folder.path + "/out", "--no-cache"],
            in: folder.path)
        #expect(run.exitCode == 66)
        #expect(run.errors == "bsb: reading the photo 'none.png': there is no such file\n")
        #expect(run.output.isEmpty)
        #expect(try folder.files() == ["cube.obj"])
    }

    @Test func aMissingOrUnreadableMeshIs66Or65AndLeavesNothing() throws {
        let folder = try Folder()
        try Image(width: 40, height: 30, fill: Color(200, 180, 160)).writePNG(to: folder.path + "/photo.png")
        _ = try folder.write("notes.obj", "these are notes\nand no mesh\n")
        for (mesh, code, reason) in [
            ("none.obj", Int32(66), "there is no such file"), ("notes.obj", 65, "there are no vertices"), (".", 65, "directory"),
        ] {
            let run = try Program.run(
                ["match", "--image", "photo.png", "--click", "9,9", "--mesh", mesh, "--output", "out", "--no-cache"], in: folder.path)
            #expect(run.exitCode == code)
            #expect(run.errors.contains("'\(mesh)': ") && run.errors.contains(reason), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1 && run.output.isEmpty)
        }
        #expect(try folder.files() == ["notes.obj", "photo.png"])
    }

    @Test func aDecoderThatWasNotTrainedIs69() throws {
        let folder = try Folder()
        _ = try folder.write("cube.obj", Self.cube)
        let run = try Program.run(
            ["segment", "cube.obj", "--click", "0", "--segmenter", "iseg", "--cache", "cache", "--output", "out"], in: folder.path)
        #expect(run.exitCode == 69)
        #expect(run.errors.contains("no decoder has been trained") && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        #expect(try folder.files() == ["cube.obj"])
    }

    @Test func aMissingModelForTheBaselinesIs69() throws {
        let folder = try Folder()
        for model in ["dift-sd21", "./dift.onnx"] {
            let run = try Program.run(
                ["evaluate", "--data", ".", "--render-model", model, "--output", "out", "--no-cache"], in: folder.path,
                environment: ["BSB_MODELS": folder.path])
            #expect(run.exitCode == 69)
            #expect(run.errors.contains("dift") && run.errors.split(separator: "\n").count == 1 && run.output.isEmpty, "\(run.errors)")
        }
        let run = try Program.run(
            ["evaluate", "--data", ".", "--render-model", "dift-sd21", "--no-render-baselines", "--output", "out"], in: folder.path)
        #expect(run.exitCode == 64 && run.errors.contains("--render-model"))
        #expect(try folder.files().isEmpty)
    }

    @Test func aFitIntoAnotherFileIs65BeforeTheWork() throws {
        let folder = try Folder()
        let mesh = try folder.write("cube.obj", Self.cube)
        for command in [["existence"], ["reverse"], ["library", "shelf"]] {
            let run = try Program.run(["evaluate"] + command + ["--data", ".", "--output", "out", "--fit", mesh], in: folder.path)
            #expect(run.exitCode == 65 && run.output.isEmpty, "\(run.errors)")
            #expect(run.errors.hasPrefix("bsb: reading the calibration '\(mesh)': ") && run.errors.split(separator: "\n").count == 1)
        }
        #expect(try folder.files() == ["cube.obj"])
    }

    @Test func aTextFileWithTheNameOfAMeshIs65() throws {
        let folder = try Folder()
        let mesh = try folder.write("notes.obj", "these are notes\nand no mesh\n")
        let run = try Program.run(["inspect", mesh])
        #expect(run.exitCode == 65)
        #expect(run.errors.hasPrefix("bsb: reading the mesh '\(mesh)': "))
        #expect(run.errors.split(separator: "\n").count == 1)
    }

    @Test func aTextFileWithTheNameOfAPhotoIs65() throws {
        let folder = try Folder()
        let mesh = try folder.write("cube.obj", Self.cube)
        let photo = try folder.write("photo.png", "no picture")
        let run = try Program.run(
            ["match", "--image", photo, "--click", "1,1", "--mesh", mesh, "--output", folder.path + "/out", "--no-cache"])
        #expect(run.exitCode == 65)
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(try folder.files() == ["cube.obj", "photo.png"])
    }

    @Test func aClickOutsideThePhotoIs65() throws {
        let folder = try Folder()
        let mesh = try folder.write("cube.obj", Self.cube)
        try Image(width: 4, height: 4).writePNG(to: folder.path + "/photo.png")
        let run = try Program.run(
            ["match", "--image", "photo.png", "--click", "9,1", "--mesh", mesh, "--output", "out", "--no-cache"], in: folder.path)
        #expect(run.exitCode == 65)
        #expect(
            run.errors
                == "bsb: clicking in the photo 'photo.png': the click (9, 1) is outside the photo (x goes from 0 to 3, y from 0 to 3)\n")
        #expect(try folder.files() == ["cube.obj", "photo.png"])
    }

    @Test func aPointCloudIs65() throws {
        let folder = try Folder()
        let mesh = try folder.write("points.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\n")
        let run = try Program.run(["render", mesh, "--output", folder.path + "/out"])
        #expect(run.exitCode == 65)
        #expect(run.errors.contains("no faces"))
        #expect(try folder.files() == ["points.obj"])
    }

    @Test(arguments: [
        ["match"], ["match", "--image", "a.png", "--click", "nonsense", "--mesh", "b.obj"], ["unknown"],
        ["match", "--image", "a.png", "--click", "nan,1", "--mesh", "b.obj"],
        ["match", "--image", "a.png", "--click", "1,1", "--mesh", "b.obj", "--candidate-fraction", "1.5"],
        ["match", "--image", "a.png", "--click", "1,1", "--mesh", "b.obj", "--photo-area", "left"],
        ["match", "--image", "a.png", "--click", "1,1", "--mesh", "b.obj", "--threads", "0"],
        ["match", "--image", "a.png", "--click", "1,1", "--mesh", "b.obj", "--min-iou", "2"],
        ["render", "b.obj", "--output", "x", "--azimuth", "3"],
        ["distill", "b.obj", "--no-cache"], ["distill", "b.obj", "--held-out", "0"], ["distill", "b.obj", "--held-out", "2", "--dry-run"],
        ["match", "--image", "a.png", "--mesh", "b.obj"],
        ["match", "--image", "a.png", "--click", "1,1", "--mask", "m.png", "--mesh", "b.obj"],
        ["match", "--image", "a.png", "--mask", "m.png", "--negative", "1,1", "--mesh", "b.obj"],
        ["match", "--image", "a.png", "--click", "1,1", "--mesh", "b.obj", "--alternatives", "0"],
        ["locate", "--image", "a.png", "--mesh", "b.obj"],
        ["locate", "--image", "a.png", "--mesh", "b.obj", "--vertex", "1", "--point", "0,0,0"],
        ["locate", "--image", "a.png", "--mesh", "b.obj", "--pixel", "1,1"],
        ["locate", "--image", "a.png", "--mesh", "b.obj", "--view", "0", "--pixel", "1,1"],
        ["map", "--image", "a.png", "--mesh", "b.obj", "--clicks", "0"],
        ["relate", "--image", "a.png", "--click", "1,1", "--mesh", "b.obj"],
        ["relate", "--image", "a.png", "--image", "b.png", "--click", "1,1"],
        ["texture", "--image", "a.png", "--click", "1,1", "--mesh", "b.obj", "--output", "x", "--size", "1"],
    ])
    func misuseIs64AndPrintsUsage(arguments: [String]) throws {
        let run = try Program.run(arguments)
        #expect(run.exitCode == 64)
        #expect(run.errors.contains("Usage: bsb"), "\(run.errors)")
        #expect(run.output.isEmpty)
    }

    @Test func aVertexThatTheMeshLacksIs64() throws {
        let folder = try Folder()
        let mesh = try folder.write("cube.obj", Self.cube)
        let run = try Program.run(
            ["locate", "--mesh", mesh, "--vertex", "8", "--image", "none.png", "--output", "out", "--no-cache"], in: folder.path)
        #expect(run.exitCode == 64)
        #expect(run.errors == "bsb: finding the click on the mesh: there is no vertex 8 (the mesh has vertices 0 to 7)\n")
        #expect(try folder.files() == ["cube.obj"])
    }

    @Test func aListThatIsNoneIs65() throws {
        let folder = try Folder()
        let mesh = try folder.write("cube.obj", Self.cube)
        let clicks = try folder.write("clicks.json", "clicks")
        let run = try Program.run(["match", "--image", "none.png", "--clicks", clicks, "--mesh", mesh, "--no-cache"], in: folder.path)
        #expect(run.exitCode == 65)
        #expect(run.errors.hasPrefix("bsb: reading the clicks '\(clicks)': it is no list of clicks ("))
        #expect(run.output.isEmpty && run.errors.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        ["map"], ["texture", "--click", "1,1", "--output", "out"], ["relate", "--click", "1,1", "--image", "none.png"],
        ["match", "--mask", "none.png"],
    ])
    func missingPhotosAre66(command: [String]) throws {
        let folder = try Folder()
        let mesh = try folder.write("cube.obj", Self.cube)
        let run = try Program.run(command + ["--image", "none.png", "--mesh", mesh, "--no-cache"], in: folder.path)
        #expect(run.exitCode == 66, "\(run.errors)")
        #expect(run.errors.contains("none.png") && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        #expect(try folder.files() == ["cube.obj"])
    }

    @Test(arguments: [
        ["match", "--image", "photo.png", "--click", "9,9", "--mesh", "cube.obj", "--no-cache"], ["render", "cube.obj"],
        ["example", "mug"],
        ["segment", "cube.obj", "--click", "0", "--no-cache"], ["segment-image", "photo.png", "--click", "9,9", "--no-cache"],
    ])
    func anOutputThatCannotBeIs65Or66BeforeTheWorkIsDone(command: [String]) throws {
        let folder = try Folder()
        _ = try folder.write("cube.obj", Self.cube)
        try Image(width: 40, height: 30, fill: Color(200, 180, 160)).writePNG(to: folder.path + "/photo.png")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "none")
        for (output, code, reason) in [
            ("cube.obj", Int32(65), "a part of the path is a file, not a folder (choose another place)"),
            ("cube.obj/out", 65, "a part of the path is a file, not a folder (choose another place)"),
            ("link/out", 66, "the folder that it is to be in is missing and cannot be created"),
        ] {
            let run = try Program.run(command + ["--output", output], in: folder.path)
            #expect(run.exitCode == code)
            #expect(run.errors == "bsb: writing the results '\(output)': \(reason)\n")
            #expect(run.output.isEmpty)
        }
        #expect(try folder.files() == ["cube.obj", "link", "photo.png"])
    }

    /// Opening a library runs its code, and the current directory may be anybody's download.
    @Test func noLibraryIsOpenedFromTheCurrentDirectoryOrAbove() throws {
        let (program, download) = (try Folder(), try Folder())
        // A copy outside the checkout, so that no .runtime is above it.
        try FileManager.default.copyItem(atPath: Program.path, toPath: program.path + "/bsb")
        let below = download.path + "/a/b"
        for folder in [below, download.path] {
            try FileManager.default.createDirectory(atPath: folder + "/.runtime", withIntermediateDirectories: true)
            for name in ["libonnxruntime.so", "libonnxruntime.so.1", "libonnxruntime.dylib"] {
                try Data("not a library".utf8).write(to: URL(fileURLWithPath: "\(folder)/.runtime/\(name)"))
            }
        }
        try Image(width: 40, height: 30, fill: Color(200, 180, 160)).writePNG(to: below + "/photo.png")
        let run = try Program.run(
            ["segment-image", "photo.png", "--click", "9,9", "--no-cache"], in: below,
            environment: ["BSB_ONNXRUNTIME": "", "XDG_CACHE_HOME": download.path + "/cache"], program: program.path + "/bsb")
        // 0 where the system has a runtime of its own.
        #expect(run.exitCode == 69 && run.errors.contains("the library was not found") || run.exitCode == 0, "\(run.errors)")
        #expect(!run.errors.contains(".runtime/libonnxruntime") && !run.errors.contains(below), "\(run.errors)")
    }

    @Test func aMissingRuntimeIs69() throws {
        let folder = try Folder()
        let mesh = try folder.write("cube.obj", Self.cube)
        let run = try Program.run(
            ["distill", mesh, "--cache", folder.path + "/cache"], in: folder.path,
            environment: ["BSB_ONNXRUNTIME": folder.path + "/none.so"])
        #expect(run.exitCode == 69)
        #expect(run.errors.contains("none.so"))
        #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    }
}
