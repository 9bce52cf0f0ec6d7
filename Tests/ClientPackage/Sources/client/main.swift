import SegmentationBuddies

let bench = try Workbench()
let photo = try await bench.open(photo: .file("mug/photo.png"))
let mesh = try await bench.open(mesh: .file("mug/mesh.obj"))
for try await stage in bench.stages(of: Click(Pixel(x: 477, y: 144)), in: photo, on: mesh) {
    switch stage {
    case .masks(let masks): print("The part has \(masks.part.count) pixels.")
    case .buddy(let answer): print("vertex", answer.correspondence.buddy?.vertex ?? "none")
    case .part(let answer):
        let (document, made) = try MatchOutputs(answer, at: bench).files()
        print("\(made.files.count) files, models: \(document.models.map(\.name))")
        try made.write(to: "answer")
    }
}
