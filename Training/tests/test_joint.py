"""The joint head: what it starts as, and that the exported graph computes what was trained."""

import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from bsb_training import export_joint, lite
from bsb_training.encode import PIECES, choose, crop, spread, unit
from bsb_training.joint import JointConfig, JointHead, JointNetwork, joined
from bsb_training.train_joint import relations, same_label, same_point, same_set
from bsb_training.vocabulary import BACKGROUND


def pieces(count: int, seed: int = 0) -> torch.Tensor:
    """Random unit pieces [n,C] that lie in few directions, as features do."""
    generator = torch.Generator().manual_seed(seed)
    found = []
    for size in PIECES:
        found.append(unit(torch.randn(count, 6, generator=generator) @ torch.randn(6, size, generator=torch.Generator().manual_seed(size)), -1))
    return torch.cat(found, 1)


class HeadTests(unittest.TestCase):
    def test_it_starts_as_the_plain_join(self):
        config = JointConfig(dimension=48, hidden=16)
        head = JointHead(config)
        cells = pieces(400)
        self.assertGreater(head.start(cells), 0.999)
        with torch.no_grad():
            z, plain = head(cells), joined(cells, config.weights)
        self.assertLess((z @ z.T - plain @ plain.T).abs().max().item(), 1e-3)

    def test_network_is_the_head_on_spread_pieces(self):
        torch.manual_seed(0)
        trunk, head = lite.LiteTrunk().eval(), JointHead(JointConfig(dimension=24, hidden=20)).eval()
        torch.nn.init.normal_(head.last.weight, std=0.2)
        network = JointNetwork(trunk, head).eval()
        image, embedded = torch.randn(1, 3, 64, 96), unit(torch.randn(1, 64, 8, 12))
        with torch.no_grad():
            found = network(image, embedded)
            wanted = head(spread([embedded] + [unit(x) for x in trunk(image)]).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        self.assertEqual(found.shape, (1, 24, 8, 12))
        self.assertLess((found - wanted).abs().max().item(), 1e-4)

    def test_one_graph_holds_both_networks(self):
        torch.manual_seed(0)
        below = torch.nn.Sequential(torch.nn.Conv2d(3, 64, 4, 4), torch.nn.Sigmoid()).eval()
        network = JointNetwork(lite.LiteTrunk().eval(), JointHead(JointConfig(dimension=16, hidden=8))).eval()
        with tempfile.TemporaryDirectory() as folder:
            lower, path = Path(folder) / "features.onnx", Path(folder) / "joint.onnx"
            torch.onnx.export(
                below, torch.randn(1, 3, 32, 32), lower, input_names=["image"], output_names=["features"], opset_version=17, dynamo=False,
                dynamic_axes={"image": {0: "n", 2: "h", 3: "w"}, "features": {0: "n", 2: "r", 3: "c"}},
            )
            names = export_joint.export(network, lower, path)
            image = torch.randn(2, 3, 96, 64)
            found, *given = onnxruntime.InferenceSession(path).run(["features", *names], {"image": image.numpy()})
            with torch.no_grad():
                half = below(torch.nn.functional.avg_pool2d(image, 2))
                wanted = network(image, half).numpy()
                pieces = [half] + [unit(x) for x in network.trunk(image)]
        self.assertEqual(found.shape, (2, 16, 12, 8))
        self.assertLess(np.abs(found - wanted).max(), 0.02)
        self.assertEqual(names, [f"piece{i}" for i in range(6)])
        for one, other in zip(given, pieces):
            self.assertEqual(one.shape, tuple(other.shape))
            self.assertLess(np.abs(one - other.numpy()).max(), 0.02)

    def test_a_released_graph_gets_its_pieces(self):
        torch.manual_seed(0)
        below = torch.nn.Conv2d(3, 64, 4, 4).eval()
        network = JointNetwork(lite.LiteTrunk().eval(), JointHead(JointConfig(dimension=16, hidden=8))).eval()
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            lower, path = folder / "below.onnx", folder / "features.onnx"
            torch.onnx.export(
                below, torch.randn(1, 3, 32, 32), lower, input_names=["image"], output_names=["features"], opset_version=17, dynamo=False,
                dynamic_axes={"image": {0: "n", 2: "h", 3: "w"}, "features": {0: "n", 2: "r", 3: "c"}},
            )
            export_joint.export(network, lower, path)
            whole = onnx.load(path)
            # As it was released: without these outputs.
            del whole.graph.output[1:]
            onnx.save(whole, path)
            document = {"files": {"features.onnx": {"dimension": 16}}, "training": {"joint": {"weights": [1.0, 0.5, 0.5, 1.0, 1.0, 0.25]}}}
            (folder / "models.json").write_text(json.dumps(document))
            image = {"image": torch.randn(1, 3, 64, 64).numpy()}
            before = onnxruntime.InferenceSession(path).run(["features"], image)[0]
            export_joint.expose_released(folder)
            session = onnxruntime.InferenceSession(path)
            self.assertTrue(np.array_equal(before, session.run(["features"], image)[0]))
            said = json.loads((folder / "models.json").read_text())["files"]["features.onnx"]
            self.assertEqual([p["weight"] for p in said["pieces"]], document["training"]["joint"]["weights"])
            self.assertEqual([o.name for o in session.get_outputs()[1:]], [p["output"] for p in said["pieces"]])
            self.assertEqual(said["bytes"], path.stat().st_size)


class CellTests(unittest.TestCase):
    def test_small_parts_are_chosen_as_often_as_large_ones(self):
        label = np.full(1600, BACKGROUND, np.uint8)
        label[:1000], label[1000:1010] = 3, 4
        chosen = choose(label, label.astype(int), 240, np.random.default_rng(0))
        self.assertEqual(len(chosen), 240)
        self.assertEqual((label[chosen] == BACKGROUND).sum(), 40)
        self.assertGreater((label[chosen] == 4).sum(), 30)

    def test_the_crop_holds_the_object(self):
        label = np.full((256, 256), BACKGROUND, np.uint8)
        label[100:140, 30:50] = 1
        for seed in range(20):
            left, top, side = crop(label, np.random.default_rng(seed))
            self.assertLessEqual(left, 30)
            self.assertLessEqual(top, 100)
            self.assertGreaterEqual(left + side, 50)
            self.assertGreaterEqual(top + side, 140)


class LossTests(unittest.TestCase):
    """Each loss is lower where the features do what it asks for."""

    def setUp(self):
        generator = torch.Generator().manual_seed(1)
        self.good = unit(torch.randn(5, 16, generator=generator), -1)
        self.bad = unit(torch.randn(40, 16, generator=generator), -1)

    def test_same_point(self):
        surface = torch.linspace(-1, 1, 20)[:, None].expand(20, 3)[None].repeat(4, 1, 1)
        shape = torch.tensor([0, 0, 1, 1])
        points = unit(torch.randn(2, 20, 16, generator=torch.Generator().manual_seed(2)), -1)
        right = points.repeat_interleave(2, 0)
        wrong = torch.stack([points[0], points[0].flip(0), points[1], points[1].flip(0)])
        self.assertLess(same_point(right, surface, shape, 20, 0.1), same_point(wrong, surface, shape, 20, 0.1))

    def test_same_set(self):
        region = torch.tensor([[0, 0, 1, 1, 2], [0, 1, 1, 2, 2]])
        right = torch.stack([self.good[region[0]], self.good[region[1]]])
        self.assertLess(same_set(right, region, 0.1), same_set(right.flip(1), region, 0.1))

    def test_same_label(self):
        label, picture = torch.tensor([0, 1, 0, 1]), torch.tensor([0, 0, 1, 1])
        self.assertLess(same_label(self.good[label], label, picture, 0.1), same_label(self.good[:4], label, picture, 0.1))

    def test_relations(self):
        picture = torch.arange(4).repeat_interleave(10)
        self.assertLess(relations(self.bad, self.bad, picture, 0.1).item(), 1e-5)
        self.assertGreater(relations(self.bad.flip(0), self.bad, picture, 0.1).item(), 0.1)


if __name__ == "__main__":
    unittest.main()
