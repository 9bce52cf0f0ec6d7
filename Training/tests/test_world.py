"""Tests of the segmenter with a pretrained trunk beside its own, of its export, and of parts without names."""

import tempfile
import unittest
from pathlib import Path

import onnx
import torch
from torch import nn

from bsb_training.data import unnamed_parts
from bsb_training.export import export, session
from bsb_training.export_lite import export as export_lite
from bsb_training.frozen import FrozenStages
from bsb_training.lite import LiteTrunk
from bsb_training.model import ModelConfig, Pair, SegmenterEncoder

SMALL = dict(widths=(8, 8, 16, 16, 24), blocks=(1, 1, 1, 1), pyramid=16, embedding_dimension=16, decoder_width=8)


def pair(world_scale: float) -> Pair:
    torch.manual_seed(0)
    return Pair(ModelConfig(**SMALL, world_scale=world_scale), 2, 2).eval()


class WorldTests(unittest.TestCase):
    def test_it_begins_as_nothing_and_comes_to_count(self):
        plain, joined = pair(0), pair(1.5)
        joined.load_state_dict(plain.state_dict(), strict=False)
        image = torch.randn(2, 3, 64, 96)
        with torch.no_grad():
            before = SegmenterEncoder(joined)(image)
            self.assertTrue(torch.equal(before, SegmenterEncoder(plain)(image)))
            joined.world.joints[1].weight.fill_(0.1)
            self.assertFalse(torch.equal(before, SegmenterEncoder(joined)(image)))

    def test_only_joints_learn(self):
        world = pair(1.5).world.train()
        self.assertFalse(any(p.requires_grad for p in world.trunk.parameters()))
        self.assertTrue(all(p.requires_grad for p in world.joints.parameters()))
        self.assertFalse(any(module.training for module in world.trunk.modules()))

    def test_frozen_stages_stay_as_they_are(self):
        network = pair(1.5)
        network.trunk.freeze_stages()
        stages, before = FrozenStages(network, 1), {k: v.clone() for k, v in network.trunk.stages.state_dict().items()}
        self.assertTrue(network.training)
        image = torch.randn(2, 3, 96, 64)
        maps, seen = stages(image)
        with torch.no_grad():
            truth = [*network.trunk.encode(image), *network.world.see(image)]
        for found, expected in zip([*maps, *seen], truth, strict=True):
            self.assertTrue(torch.allclose(found, expected, atol=1e-3), (found - expected).abs().max())
        for name, value in network.trunk.stages.state_dict().items():
            self.assertTrue(torch.equal(value, before[name]), name)
        self.assertTrue(all(p.requires_grad for p in network.trunk.smoothing.parameters()))


class LiteTests(unittest.TestCase):
    def test_its_graph_gives_two_unit_vectors_a_cell(self):
        torch.manual_seed(0)
        trunk = LiteTrunk().eval()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "lite.onnx"
            self.assertLess(export_lite(trunk, 64, path), 1e-4)
            found = session(path, 1).run(None, {"pixel_values": torch.rand(1, 3, 64, 64).numpy()})[0]
        self.assertEqual(found.shape, (1, 432, 4, 4))
        lengths = torch.from_numpy(found).split([112, 320], 1)
        for length in lengths:
            self.assertTrue(torch.allclose(length.norm(dim=1), torch.ones(1, 4, 4), atol=1e-4))
        with self.assertRaises(SystemExit):
            export_lite(trunk, 80, path)


class ExportTests(unittest.TestCase):
    def test_kernels_as_bytes_are_small_and_close(self):
        torch.manual_seed(0)
        module = nn.Sequential(nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1)).eval()
        image, axes = torch.randn(1, 3, 16, 16), {"image": {2: "height", 3: "width"}, "out": {2: "height", 3: "width"}}
        sizes, answers = [], []
        with tempfile.TemporaryDirectory() as folder:
            for smallest in (None, 16384):
                path = Path(folder) / "graph.onnx"
                export(module, path, {"image": image}, ["out"], axes, smallest)
                sizes.append(path.stat().st_size)
                answers.append(torch.from_numpy(session(path, 1).run(None, {"image": image.numpy()})[0]))
            kinds = [tensor.data_type for tensor in onnx.load(path).graph.initializer]
        self.assertEqual(kinds.count(onnx.TensorProto.INT8), 1)
        self.assertLess(sizes[1], 0.6 * sizes[0])
        with torch.no_grad():
            truth = module(image)
        self.assertLess((answers[1] - truth).abs().max(), 0.01 * truth.abs().max())
        self.assertGreater((answers[1] - truth).abs().max(), 0)


class UnnamedPartTests(unittest.TestCase):
    def test_regions_stand_for_names(self):
        label = torch.tensor([[[255, 254, 254, 254, 1, 255]]])
        instance = torch.tensor([[[255, 0, 3, 3, 0, 255]]])
        region = torch.tensor([[[255, 4, 4, 5, 255, 255]]])
        grouped, pieces = unnamed_parts(label, instance, region)
        self.assertEqual(grouped.tolist(), [[[255, 260, 260, 261, 1, 255]]])
        # Two pieces of one region and one of another are three parts, beside the named one, which keeps its number.
        self.assertEqual(len(set(pieces[0, 0, 1:4].tolist())), 3)
        self.assertTrue(all(0 < value <= 250 for value in pieces[0, 0, 1:4].tolist()))
        self.assertEqual(pieces[0, 0, [0, 4, 5]].tolist(), [255, 0, 255])

    def test_one_region_alone_makes_no_part(self):
        label, instance = torch.full((1, 2, 2), 254), torch.zeros(1, 2, 2, dtype=torch.long)
        grouped, pieces = unnamed_parts(label, instance, torch.full((1, 2, 2), 7))
        self.assertTrue(torch.equal(grouped, label))
        self.assertTrue((pieces == 255).all())

    def test_more_parts_than_numbers_leave_the_rest_out(self):
        label, instance = torch.full((1, 20, 20), 254), torch.arange(400).view(1, 20, 20) % 250
        region = torch.div(torch.arange(400), 250, rounding_mode="floor").view(1, 20, 20)
        _, pieces = unnamed_parts(label, instance, region)
        self.assertEqual(len(set(pieces.flatten().tolist())), 252)
        self.assertEqual((pieces == 255).sum(), 400 - 251)


if __name__ == "__main__":
    unittest.main()
