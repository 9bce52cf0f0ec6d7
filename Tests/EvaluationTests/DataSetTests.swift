import BSBBasics
import Foundation
import BSBShapes
import BSBWorkbench
import TestSupport
import Testing

@testable import BSBEvaluation

@Suite struct DataSetTests {
    /// Opens a folder with the given files and reads its first shape.
    private func firstShape(_ files: [String: String], _ format: DataSetFormat, level: Int = 1) throws -> LabelledShape {
        try withTemporaryDirectory { folder in
            try write(files, in: folder)
            let set = try format.open(folder, level: level)
            return try set.shape(set.entries[0])
        }
    }

    private func kind(_ files: [String: String], _ format: DataSetFormat) -> Failure.Kind? {
        do {
            _ = try firstShape(files, format)
            return nil
        } catch {
            return (error as? Failure)?.kind ?? .internal
        }
    }

    // MARK: Princeton

    private let princeton = ["Cup/7.off": tetrahedronOFF, "Cup/7_labels.txt": "body\n1 2 3\nhandle\n4\n"]

    @Test func princetonShape() throws {
        var files = princeton
        files["cameras.csv"] = "id,category,view_x,view_y,view_z,up_x,up_y,up_z\n7,Cup,0,0,-1,0,1,0\n"
        let shape = try firstShape(files, .princeton)
        #expect(shape.entry == ShapeEntry(category: "Cup", id: "7"))
        #expect(shape.labels.names == ["body", "handle"])
        #expect(shape.labels.perFace == [0, 0, 0, 1])
        #expect(shape.pose.view == [0, 0, -1])
    }

    @Test(arguments: ["body\n1 2 9\n", "body\n0\n", "body\nx y\n", ""]) func damagedPrincetonLabels(_ labels: String) {
        #expect(kind(["Cup/7.off": tetrahedronOFF, "Cup/7_labels.txt": labels], .princeton) == .badInput)
    }

    @Test func damagedPrincetonFolders() {
        #expect(kind([:], .princeton) == .missingInput)
        #expect(kind(["Cup/7.off": tetrahedronOFF], .princeton) == .missingInput)
        #expect(kind(["Cup/7.off": "OFF\n9999999999 4 6\n", "Cup/7_labels.txt": "body\n1\n"], .princeton) == .badInput)
        #expect(kind(princeton.merging(["cameras.csv": "id\n7\n,,,\nnan,nan"]) { $1 }, .princeton) == nil)
    }

    // MARK: COSEG

    @Test func cosegShape() throws {
        let shape = try firstShape(["Vases/shapes/3.off": tetrahedronOFF, "Vases/gt/3.seg": "1\n1\n2\n4\n"], .coseg)
        #expect(shape.labels.names == ["part 1", "part 2", "part 4"])
        #expect(shape.labels.perFace == [0, 0, 1, 2])
    }

    @Test(arguments: ["1\n1\n2\n", "1 1 2 x", "", "1 1 2 99999999999999999999"]) func damagedCosegLabels(_ labels: String) {
        #expect(kind(["Vases/shapes/3.off": tetrahedronOFF, "Vases/gt/3.seg": labels], .coseg) == .badInput)
    }

    // MARK: ShapeNetPart

    @Test func shapeNetPartTakesTheNearestPoint() throws {
        // The tetrahedron's corners at twice the size and moved: the box is laid back onto the mesh.
        let points = "10 10 10\n12 10 10\n10 12 10\n10 10 12\n11.3 11.3 10.05\n"
        let shape = try firstShape(
            ["mug/meshes/a.obj": tetrahedronOBJ, "mug/points/a.pts": points, "mug/points_label/a.seg": "1\n1\n1\n1\n2\n"], .shapenetpart)
        #expect(shape.labels.names == ["part 1", "part 2"])
        // Only the face in the plane z = 0 and the slanted one have their middle near the last point.
        #expect(shape.labels.perFace[0] == 1)
        #expect(shape.labels.perFace[1] == 0)
    }

    @Test(arguments: ["", "1 2\n", "nan 0 0\n", "a b c\n", "1e400 0 0\n"]) func damagedPoints(_ points: String) {
        let files = ["mug/meshes/a.obj": tetrahedronOBJ, "mug/points/a.pts": points, "mug/points_label/a.seg": "1\n"]
        #expect(kind(files, .shapenetpart) == .badInput)
    }

    // MARK: PartObjaverse-Tiny

    /// A folder with a tower, its faces numbered by part, and a table.
    private func partObjaverse(
        _ numbers: NumPyArray, table: String = #"{"Buildings&&Outdoor": {"a1": ["base", "top"], "gone": ["x"]}}"#
    ) throws -> LabelledShape {
        try withTemporaryDirectory { folder in
            try write(["PartObjaverse-Tiny_semantic.json": table], in: folder)
            try AtomicFile.write(tower().mesh.glbData(), to: "\(folder)/PartObjaverse-Tiny_mesh/a1.glb")
            try numbers.write(to: "\(folder)/PartObjaverse-Tiny_semantic_gt/a1.npy")
            let set = try DataSetFormat.partobjaverse.open(folder)
            #expect(set.entries == [ShapeEntry(category: "Buildings&&Outdoor", id: "a1")], "what is not there is left out")
            return try set.shape(set.entries[0])
        }
    }

    @Test func partObjaverseShape() throws {
        let perFace = tower().labels.perFace
        let shape = try partObjaverse(NumPyArray(perFace, shape: [perFace.count]))
        #expect(shape.labels.names == ["base", "top"] && shape.labels.perFace == perFace)
        let prepared = try EvaluationShape(shape, settings: Settings())
        for (vertex, point) in shape.mesh.vertices.enumerated() where abs(point.y) > 0.2 {
            #expect(prepared.part(of: vertex) == (point.y < 0 ? "base" : "top"))
        }
        #expect(try partObjaverse(NumPyArray(perFace.map { Int32($0) - 1 }, shape: [perFace.count])).labels.perFace.contains(-1))
    }

    @Test func damagedPartObjaverse() throws {
        let perFace = tower().labels.perFace
        for numbers in [
            NumPyArray(Array(perFace.dropLast()), shape: [perFace.count - 1]), NumPyArray(perFace.map { $0 + 1 }, shape: [perFace.count]),
            NumPyArray(perFace.map { Float($0) }, shape: [perFace.count]), NumPyArray(perFace.map { _ in -1 }, shape: [perFace.count]),
        ] {
            #expect(try failure { try partObjaverse(numbers) }.kind == .badInput)
        }
        #expect(kind(["PartObjaverse-Tiny_semantic.json": "[]"], .partobjaverse) == .badInput)
        #expect(kind(["PartObjaverse-Tiny_semantic.json": "{}"], .partobjaverse) == .missingInput)
        #expect(kind(["PartObjaverse-Tiny_semantic.json": #"{"A": {"../b": ["x"]}}"#], .partobjaverse) == .badInput)
    }

    // MARK: 3DCoMPaT

    /// A triangle three times, as the nodes of a lamp.
    private static let lamp: [String: String] = {
        let corners: [Float] = [0, 0, 0, 1, 0, 0, 0, 1, 0]
        let bytes = corners.withUnsafeBytes { Data($0) }.base64EncodedString()
        let nodes = ["lamp_pole", "bulb", "lamp_socket"].enumerated().map {
            #"{"name": "\#($1)", "mesh": 0, "translation": [\#($0), 0, 0]}"#
        }
        let model = """
            {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0, 1, 2]}], "nodes": [\(nodes.joined(separator: ", "))],
             "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
             "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 0]}],
             "bufferViews": [{"buffer": 0, "byteLength": 36}],
             "buffers": [{"byteLength": 36, "uri": "data:application/octet-stream;base64,\(bytes)"}]}
            """
        return [
            "models/01_c3d.gltf": model, "models/readme.txt": "", "models/ff_c3d.gltf": model, "metadata/classes.json": #"["bag", "lamp"]"#,
            "metadata/hier_coarse.json": #"{"01": {"lamp_pole": "base", "bulb": "bulb", "lamp_socket": "bulb"}}"#,
        ]
    }()

    @Test func compatShapesHaveCoarseAndFineParts() throws {
        let coarse = try firstShape(Self.lamp, .compat)
        #expect(coarse.entry == ShapeEntry(category: "lamp", id: "01_c3d"))
        #expect(coarse.labels.names == ["base", "bulb"] && coarse.labels.perFace == [0, 1, 1])
        let fine = try firstShape(Self.lamp, .compat, level: 0)
        #expect(fine.labels.names == ["lamp_pole", "bulb", "lamp_socket"] && fine.labels.perFace == [0, 1, 2])
    }

    @Test func damagedCompat() {
        func with(_ file: String, _ text: String?) -> Failure.Kind? {
            var files = Self.lamp
            files[file] = text
            return kind(files, .compat)
        }
        #expect(with("metadata/classes.json", nil) == .missingInput)
        #expect(with("metadata/classes.json", #"["bag"]"#) == .missingInput)
        #expect(with("metadata/hier_coarse.json", "[]") == .badInput)
        #expect(with("models/01_c3d.gltf", "{}") == .badInput)
        let unnamed = Self.lamp["models/01_c3d.gltf"]!.replacingOccurrences(
            of: "\"name\": \"[^\"]*\", ", with: "", options: .regularExpression)
        #expect(with("models/01_c3d.gltf", unnamed) == .badInput)
        #expect(throws: Failure.self) { try firstShape(Self.lamp, .compat, level: 2) }
    }

    // MARK: Own data

    @Test func simpleShape() throws {
        let labels = #"{"names": ["body", "tip"], "perFace": [0, 0, 1, -1], "up": [0, 0, 1]}"#
        let shape = try firstShape(["Thing/a.obj": tetrahedronOBJ, "Thing/a.labels.json": labels], .simple)
        #expect(shape.labels.perFace == [0, 0, 1, -1])
        #expect(shape.pose.up == [0, 0, 1])
    }

    @Test(arguments: [
        #"{"names": ["a"], "perFace": [0, 0, 0]}"#, #"{"names": ["a"], "perFace": [0, 0, 0, 1]}"#, #"{"names": ["a"]}"#, "[]", "{", "",
        #"{"names": "a", "perFace": [0, 0, 0, 0]}"#, #"{"names": ["a"], "perFace": [0, 0, 0, -2]}"#,
    ])
    func damagedSimpleLabels(_ labels: String) {
        #expect(kind(["Thing/a.obj": tetrahedronOBJ, "Thing/a.labels.json": labels], .simple) == .badInput)
    }

    // MARK: Splits

    @Test func splitsChooseShapes() throws {
        try withTemporaryDirectory { folder in
            try write(["split.csv": "category,id,split\nCup,1,train\nCup,2,validation\n"], in: folder)
            let split = try SplitTable(contentsOf: "\(folder)/split.csv")
            let entries = [1, 2, 3].map { ShapeEntry(category: "Cup", id: "\($0)") }
            #expect(try split.entries(of: "validation", among: entries) == [entries[1]])
            #expect(throws: Failure.self) { try split.entries(of: "test", among: entries) }
            try write(["bad.csv": "category,id,split\nCup,1\n"], in: folder)
            #expect(throws: Failure.self) { try SplitTable(contentsOf: "\(folder)/bad.csv") }
        }
    }

    @Test func clicksAreRead() throws {
        try withTemporaryDirectory { folder in
            let good = #"{"photos": [{"image": "a.jpg", "category": "Cup", "clicks": [{"x": 1, "y": 2, "part": "body"}]}]}"#
            try write(["clicks.json": good, "none.json": #"{"photos": []}"#, "bad.json": "[1]"], in: folder)
            let clicks = try PhotoClicks(contentsOf: "\(folder)/clicks.json")
            #expect(clicks.photos[0].image == "\(folder)/a.jpg")
            #expect(clicks.photos[0].clicks == [LabelledClick(x: 1, y: 2, part: "body")])
            #expect(throws: Failure.self) { try PhotoClicks(contentsOf: "\(folder)/none.json") }
            #expect(throws: Failure.self) { try PhotoClicks(contentsOf: "\(folder)/bad.json") }
            #expect(throws: Failure.self) { try PhotoClicks(contentsOf: folder) }
        }
    }
}

@Suite struct PartNetTests {
    /// A chair as PartNet lays it out: the back has two slats, the seat is a leaf of its own.
    private static let result = """
        [{"id": 0, "name": "chair", "text": "Chair", "children": [
            {"id": 1, "name": "chair_back", "text": "Back", "children": [
                {"id": 2, "name": "slat", "text": "Slat", "objs": ["original-1"]},
                {"id": 3, "name": "slat", "text": "Slat", "objs": ["original-2"]}]},
            {"id": 4, "name": "chair_seat", "text": "Seat", "objs": ["new-0"]}]}]
        """

    private static let files = [
        "172/result.json": result, "172/meta.json": #"{"model_cat": "Chair", "anno_id": "172"}"#, "172/objs/original-1.obj": tetrahedronOBJ,
        "172/objs/original-2.obj": tetrahedronOBJ, "172/objs/new-0.obj": tetrahedronOBJ,
    ]

    private func shape(_ files: [String: String], level: Int) throws -> LabelledShape { try shape(files, .level(level)) }

    private func shape(_ files: [String: String], _ naming: PartNetDataSet.Naming) throws -> LabelledShape {
        try withTemporaryDirectory { folder in
            try write(files, in: folder)
            let set = try PartNetDataSet(folder, naming: naming)
            return try set.shape(set.entries[0])
        }
    }

    @Test func levelsOfLabels() throws {
        let coarse = try shape(Self.files, level: 1)
        #expect(coarse.entry == ShapeEntry(category: "Chair", id: "172"))
        #expect(coarse.labels.names == ["chair_back", "chair_seat"])
        #expect(coarse.labels.perFace == [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
        #expect(coarse.mesh.vertices.count == 12)
        #expect(coarse.mesh.faces[4] == SIMD3<UInt32>(4, 6, 5))
        try coarse.mesh.validate()
        #expect(try shape(Self.files, level: 2).labels.names == ["slat", "chair_seat"])
        #expect(try shape(Self.files, level: 0).labels.names == ["slat", "chair_seat"])
        #expect(throws: Failure.self) { try shape(Self.files, level: -1) }
    }

    @Test(arguments: [
        "", "[]", "{}", "[{\"name\": \"chair\"}]", "[{\"name\": \"c\", \"objs\": [\"absent\"]}]",
        "[{\"name\": \"c\", \"objs\": [\"../../172/objs/new-0\"]}]", "[{\"name\": 3}]",
    ])
    func damagedHierarchies(_ result: String) {
        #expect(throws: Failure.self) { try shape(Self.files.merging(["172/result.json": result]) { $1 }, level: 1) }
    }

    @Test func deepHierarchyIsRefused() {
        let depth = 100
        let result = String(repeating: #"[{"name": "a", "children": "#, count: depth) + "[]" + String(repeating: "}]", count: depth)
        #expect(throws: Failure.self) { try shape(Self.files.merging(["172/result.json": result]) { $1 }, level: 1) }
    }

    /// PartNet-Mobility has the meshes elsewhere; a bottle's first level is the bottle.
    @Test func partNetMobility() throws {
        let result = """
            [{"name": "bottle", "children": [{"name": "normal_bottle", "children": [
                {"name": "body", "objs": ["original-3"]}, {"name": "lid", "objs": ["original-2"]}]}]}]
            """
        let files = [
            "3763/result.json": result, "3763/meta.json": #"{"model_cat": "Bottle"}"#, "3763/semantics.txt": "link_0 hinge lid\n",
            "3763/textured_objs/original-2.obj": "mtllib original-2.mtl\n" + tetrahedronOBJ,
            "3763/textured_objs/original-3.obj": tetrahedronOBJ,
        ]
        #expect(try shape(files, level: 1).labels.names == ["normal_bottle"])
        let fine = try shape(files, level: 2)
        #expect(fine.entry == ShapeEntry(category: "Bottle", id: "3763"))
        #expect(fine.labels.names == ["body", "lid"] && fine.labels.perFace == [0, 0, 0, 0, 1, 1, 1, 1])
    }

    /// An oven of PartNet-Mobility: two doors of two parts, and a frame, part of which moves with a door.
    private static let oven = [
        "7179/result.json": """
        [{"name": "oven", "id": 0, "children": [
            {"name": "frame", "id": 1, "children": [{"name": "bar", "id": 5, "objs": ["o-1"]}, {"name": "handle", "id": 6, "objs": ["o-2"]}]},
            {"name": "door_a", "id": 2, "objs": ["o-3"]}, {"name": "door_b", "id": 3, "objs": ["o-4"]}, {"name": "sticker", "objs": ["o-5"]}]}]
        """,
        "7179/meta.json": #"{"model_cat": "Oven"}"#,
        "7179/semantics.txt": "link_0 hinge door\nlink_1 hinge door\n\nlink_2 static oven_body\n",
        "7179/mobility_v2.json": """
        [{"id": 0, "joint": "hinge", "parts": [{"id": 2, "name": "door_a"}, {"id": 6, "name": "handle"}]},
         {"id": 1, "joint": "hinge", "parts": [{"id": 3, "name": "door_b", "children": []}]}, {"id": 2, "parts": [{"id": 1, "name": "frame"}]}]
        """,
        "7179/textured_objs/o-1.obj": tetrahedronOBJ, "7179/textured_objs/o-2.obj": tetrahedronOBJ,
        "7179/textured_objs/o-3.obj": tetrahedronOBJ, "7179/textured_objs/o-4.obj": tetrahedronOBJ,
        "7179/textured_objs/o-5.obj": tetrahedronOBJ,
    ]

    @Test func linksNameWhatMovesWithThem() throws {
        let shape = try shape(Self.oven, .links)
        #expect(shape.entry == ShapeEntry(category: "Oven", id: "7179"))
        // The handle moves with a door, though it is a part of the frame; what no link has is the oven's.
        #expect(shape.labels.names == ["oven_body", "door", "oven"])
        #expect(stride(from: 0, to: 20, by: 4).map { shape.labels.perFace[$0] } == [0, 1, 1, 1, 2])
        #expect(try self.shape(Self.oven, level: 1).labels.names == ["frame", "door_a", "door_b", "sticker"])
    }

    @Test(arguments: [
        ("semantics.txt", "link_0 hinge door\n"), ("semantics.txt", "link_0 door\n"),
        ("mobility_v2.json", "[{}]"), ("mobility_v2.json", "{}"),
        ("semantics.txt", "link_0 hinge door\nlink_0 hinge lid\nlink_1 hinge door\nlink_2 static oven_body\n"),
    ])
    func damagedLinks(file: String, text: String) {
        #expect(throws: Failure.self) { try shape(Self.oven.merging(["7179/\(file)": text]) { $1 }, .links) }
    }

    @Test func shapesWithoutLinksAreLeftOut() throws {
        #expect(throws: Failure.self) { try shape(Self.files, .links) }
        #expect(try shape(Self.files.merging(Self.oven) { $1 }, .links).entry.id == "7179")
    }

    @Test func damagedMeshAndMeta() {
        #expect(throws: Failure.self) { try shape(Self.files.merging(["172/objs/new-0.obj": "f 1 2 3\n"]) { $1 }, level: 1) }
        #expect(throws: Failure.self) { try shape(Self.files.merging(["172/meta.json": "{}"]) { $1 }, level: 1) }
    }
}
