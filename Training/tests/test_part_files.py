"""Parts that `bsb segment` writes, read back by trimesh and pygltflib: nothing that came in is lost on the way out.

Needs trimesh, pygltflib and the built program; skips without. Run from the repository: python3 -m unittest Training.tests.test_part_files
"""

import io
import json
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".build" / "release" / "bsb"

try:
    import numpy
    import pygltflib
    import trimesh
    from PIL import Image
except ImportError:
    trimesh = None


def picture(color):
    data = io.BytesIO()
    Image.new("RGB", (4, 4), color).save(data, "PNG")
    return data.getvalue()


def box(offset):
    """A unit box of 24 vertices with places in a picture: positions, places and triangles."""
    mesh = trimesh.creation.box()
    corners = mesh.faces.reshape(-1)
    positions = mesh.vertices[corners] + offset
    places = numpy.random.default_rng(0).random((len(corners), 2))
    return positions.astype(numpy.float32), places.astype(numpy.float32), numpy.arange(len(corners), dtype=numpy.uint32)


@unittest.skipUnless(trimesh and PROGRAM.exists(), "trimesh, pygltflib or the built program is missing")
class PartFiles(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def segment(self, mesh):
        """Writes the part around vertex 0 and returns its folder and the part of each face."""
        output = self.path / "out"
        command = [PROGRAM, "segment", mesh, "--click", "0", "--segmenter", "lift", "--segment-views", "12", "--no-cache", "--output", output]
        run = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        return output, numpy.load(output / "face_labels.npy")

    def test_a_textured_scene_of_several_nodes(self):
        pictures = [picture("red"), picture("green")]
        document, blob = pygltflib.GLTF2(), b""

        def add(array, kind):
            nonlocal blob
            data = array.tobytes()
            document.bufferViews.append(pygltflib.BufferView(buffer=0, byteOffset=len(blob), byteLength=len(data)))
            blob += data
            component = pygltflib.UNSIGNED_INT if array.dtype == numpy.uint32 else pygltflib.FLOAT
            document.accessors.append(
                pygltflib.Accessor(bufferView=len(document.bufferViews) - 1, componentType=component, count=len(array), type=kind)
            )
            return len(document.accessors) - 1

        for number, offset in enumerate([[0, 0, 0], [0.2, 0.3, 0.1]]):
            positions, places, indices = box(offset)
            attributes = pygltflib.Attributes(POSITION=add(positions, "VEC3"), TEXCOORD_0=add(places, "VEC2"))
            document.accessors[attributes.POSITION].min = positions.min(0).tolist()
            document.accessors[attributes.POSITION].max = positions.max(0).tolist()
            primitive = pygltflib.Primitive(attributes=attributes, indices=add(indices, "SCALAR"), material=number)
            document.meshes.append(pygltflib.Mesh(name=f"mesh {number}", primitives=[primitive]))
        for number, data in enumerate(pictures):
            document.bufferViews.append(pygltflib.BufferView(buffer=0, byteOffset=len(blob), byteLength=len(data)))
            blob += data + b"\0" * (-len(data) % 4)
            document.images.append(pygltflib.Image(bufferView=len(document.bufferViews) - 1, mimeType="image/png"))
            document.textures.append(pygltflib.Texture(source=number))
            surface = pygltflib.PbrMetallicRoughness(baseColorTexture=pygltflib.TextureInfo(index=number), roughnessFactor=0.3)
            document.materials.append(pygltflib.Material(name=f"paint {number}", pbrMetallicRoughness=surface))
        document.nodes = [
            pygltflib.Node(name="furniture", children=[1, 2], rotation=[0, 0.38268343, 0, 0.92387953]),
            pygltflib.Node(name="seat", mesh=0, translation=[1, 2, 3]),
            pygltflib.Node(name="leg", mesh=1, scale=[1, 2, 1]),
        ]
        document.scenes, document.scene = [pygltflib.Scene(nodes=[0])], 0
        document.buffers = [pygltflib.Buffer(byteLength=len(blob))]
        document.set_binary_blob(blob)
        document.save_binary(str(self.path / "scene.glb"))

        output, labels = self.segment(self.path / "scene.glb")
        written = pygltflib.GLTF2().load(str(output / "part.glb"))
        names = [node.name for node in written.nodes]
        self.assertEqual(names[:3], ["furniture", "seat", "leg"])
        self.assertEqual(written.nodes[1].translation, [1, 2, 3])
        self.assertIn("part", names[3:])
        self.assertEqual([material.name for material in written.materials], ["paint 0", "paint 1", "part"])
        self.assertEqual(written.materials[0].pbrMetallicRoughness.roughnessFactor, 0.3)
        data = written.binary_blob()
        for image, original in zip(written.images, pictures):
            view = written.bufferViews[image.bufferView]
            self.assertEqual(data[view.byteOffset : view.byteOffset + view.byteLength], original)
        parts = [node.mesh for node in written.nodes if node.name == "part"]
        used = {primitive.material for mesh in parts for primitive in written.meshes[mesh].primitives}
        self.assertEqual(used, {2})
        count = sum(written.accessors[p.indices].count // 3 for mesh in parts for p in written.meshes[mesh].primitives)
        self.assertEqual(count, int(labels.sum()))

        before = trimesh.load(self.path / "scene.glb", process=False)
        after = trimesh.load(output / "part.glb", process=False)

        def corners(scene):
            rows = []
            for node in scene.graph.nodes_geometry:
                transform, name = scene.graph[node]
                geometry = scene.geometry[name]
                points = trimesh.transform_points(geometry.vertices, transform)
                rows.append(numpy.hstack([points, geometry.visual.uv])[geometry.faces.reshape(-1)])
            rows = numpy.round(numpy.vstack(rows), 4) + 0.0
            return rows[numpy.lexsort(rows.T)]

        self.assertTrue(numpy.allclose(corners(before), corners(after), atol=2e-4))
        result = json.loads((output / "result.json").read_text())
        self.assertEqual([node["name"] for node in result["mesh"]["nodes"]], ["furniture", "seat", "leg"])
        self.assertEqual(result["mesh"]["nodes"][2]["firstFace"], 12)

    def test_an_obj_of_quads_with_two_materials(self):
        (self.path / "wood.png").write_bytes(picture("brown"))
        (self.path / "m.mtl").write_text("newmtl wood\nKd 1 1 1\nmap_Kd wood.png\nnewmtl metal\nKd 0.5 0.5 0.6\n")
        corners = [(x, y, z) for z in (0, 1.25) for y in (0, 1) for x in (0, 1.123456789)]
        quads = [(1, 3, 4, 2), (5, 6, 8, 7), (1, 2, 6, 5), (3, 7, 8, 4), (1, 5, 7, 3), (2, 4, 8, 6)]
        lines = ["mtllib m.mtl"] + [f"v {x} {y} {z}" for x, y, z in corners] + ["vt 0 0", "vt 1 0", "vt 1 1", "vt 0 1"]
        for number, quad in enumerate(quads):
            lines += [f"usemtl {'wood' if number % 2 else 'metal'}", "f " + " ".join(f"{v}/{t}" for v, t in zip(quad, (1, 2, 3, 4)))]
        (self.path / "m.obj").write_text("\n".join(lines) + "\n")
        output, labels = self.segment(self.path / "m.obj")
        written = (output / "part.obj").read_text().splitlines()
        self.assertEqual([line for line in written if line.startswith("v ")], [f"v {float(x)} {float(y)} {float(z)}" for x, y, z in corners])
        faces = [line for line in written if line.startswith("f ")]
        self.assertEqual(sorted(faces), sorted(line for line in lines if line.startswith("f ")))
        groups = [line for line in written if line.startswith("g ")]
        self.assertEqual(len(groups), len([g for g in groups if g == "g part"]) + len([g for g in groups if g == "g rest"]))
        self.assertEqual(sum(line == "g part" for line in written), int(labels.any()))
        after = trimesh.load(output / "part.obj", process=False)
        geometries = after.geometry.values() if isinstance(after, trimesh.Scene) else [after]
        self.assertEqual(sum(len(geometry.faces) for geometry in geometries), 12)

    def test_a_ply_in_map_coordinates(self):
        sphere = trimesh.creation.icosphere(subdivisions=2)
        points = numpy.round(sphere.vertices * 3 + [512349.678, 5403210.123, 210.5], 3)
        header = ["ply", "format ascii 1.0", f"element vertex {len(points)}"] + [f"property double {axis}" for axis in "xyz"]
        header += [f"element face {len(sphere.faces)}", "property list uchar int vertex_indices", "end_header"]
        rows = [" ".join(f"{value:.3f}" for value in point) for point in points]
        rows += ["3 " + " ".join(map(str, face)) for face in sphere.faces]
        (self.path / "m.ply").write_text("\n".join(header + rows) + "\n")
        output, _ = self.segment(self.path / "m.ply")
        again = trimesh.load(output / "part.ply", process=False)
        self.assertTrue(numpy.array_equal(numpy.round(again.vertices, 3), points))
        self.assertTrue(numpy.array_equal(again.faces, sphere.faces))
        scene = trimesh.load(output / "part.glb", process=False)
        low, high = scene.bounds
        self.assertTrue(numpy.allclose([low, high], [points.min(0), points.max(0)], atol=1e-3))
        result = json.loads((output / "result.json").read_text())
        self.assertTrue(numpy.allclose(result["clicks"][0]["position"], points[0], atol=1e-9))


if __name__ == "__main__":
    unittest.main()
