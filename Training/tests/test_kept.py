"""Tests of a segmenter that goes on from a released one and is held to it."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import torch
from torch import nn

from bsb_training import losses
from bsb_training.data import Augmentation, Batches, RenderSet, build_vocabulary
from bsb_training.export import load_pair
from bsb_training.export_segmenter import go_back
from bsb_training.model import SegmenterEncoder
from bsb_training.randomness import Draw
from bsb_training.train import Trainer
from bsb_training.vocabulary import THING
from tests import tiny

TRAIN = (
    tiny.TRAIN
    + """
class_weight = 0.0
contrast_weight = 0.0
whole_weight = 0.0
category_weight = 0.0
object_weight = 0.0
"""
)
KEPT = """
frozen_stages = true
frozen_statistics = true
joints_rate = 3.0
anchor_weight = 1.0
correction = 1.0
"""


class KeptTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        subprocess.run([sys.executable, "-m", "bsb_training.synthetic", cls.root / "renders"], check=True)
        cls.origin = cls.trainer("origin", tiny.MODEL + TRAIN)
        cls.origin.run()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def trainer(cls, name: str, config: str, initial: Path | None = None) -> Trainer:
        path = cls.root / f"{name}.toml"
        path.write_text(config)
        return Trainer(path, cls.root / "renders", None, cls.root / name, initial)

    def kept(self, name: str) -> Trainer:
        world = tiny.MODEL + "world_scale = 1.5\n"
        return self.trainer(name, world + TRAIN + KEPT, self.root / "origin" / "checkpoint.pt")

    def answer(self, trainer: Trainer, image: torch.Tensor) -> torch.Tensor:
        prompt = (torch.full((1, 1, 2), 30.0), torch.ones(1, 1), torch.zeros(1, 4), torch.zeros(1, 1, 16, 16))
        with torch.no_grad():
            return trainer.pair.decoder(SegmenterEncoder(trainer.pair)(image), *prompt)[0]

    def test_it_begins_with_just_the_masks_that_it_goes_on_from(self):
        kept, image = self.kept("begin"), torch.rand(1, 3, 64, 64)
        with torch.no_grad():  # the origin's average is what a checkpoint hands on
            self.origin.pair.load_state_dict(self.origin.average.state_dict())
        self.origin.pair.eval()
        # In the mode in which it trains, too, where normalisations would else look at the batch.
        self.assertTrue(torch.equal(self.answer(kept, image), self.answer(self.origin, image)))
        kept.pair.train()
        self.assertTrue(kept.pair.training)
        self.assertTrue(torch.equal(self.answer(kept, image), self.answer(self.origin, image)))
        kept.run()
        self.assertFalse(torch.equal(self.answer(kept, image), self.answer(self.origin, image)))
        self.assertGreater(max(joint.weight.abs().max().item() for joint in kept.pair.world.joints), 0)

    def test_statistics_stay(self):
        kept = self.kept("statistics")
        before = [m.running_mean.clone() for m in kept.pair.modules() if isinstance(m, nn.BatchNorm2d)]
        kept.run()
        after = [m.running_mean for m in kept.pair.modules() if isinstance(m, nn.BatchNorm2d)]
        self.assertTrue(all(torch.equal(a, b) for a, b in zip(before, after, strict=True)))

    def test_the_anchor_pulls_only_where_pictures_are_familiar(self):
        kept = self.kept("anchored")
        batch = kept.batches.make(Draw(0), 64, 4, 0)
        self.assertTrue(batch.familiar.any())
        self.assertEqual(kept.losses(Draw(1), batch)["anchor"].item(), 0)
        kept.run()
        self.assertGreater(kept.losses(Draw(1), batch)["anchor"].item(), 0)
        batch.familiar[:] = False
        self.assertEqual(kept.losses(Draw(1), batch)["anchor"].item(), 0)

    def test_a_resumed_run_is_held_to_the_beginning(self):
        whole = self.kept("whole")
        whole.run()
        self.kept("parts").run(stop_after=2)
        parts = self.kept("parts")
        parts.run()
        for (name, a), b in zip(whole.pair.state_dict().items(), parts.pair.state_dict().values(), strict=True):
            self.assertTrue(torch.equal(a, b), name)

    def test_joints_learn_at_their_own_rate(self):
        kept = self.kept("rates")
        joints = {id(p) for p in kept.pair.world.joints.parameters()}
        for group in kept.optimizer.param_groups:
            self.assertEqual({id(p) in joints for p in group["params"]}, {group["share"] == 3})
        learned = sum(len(group["params"]) for group in kept.optimizer.param_groups)
        self.assertEqual(learned, len(kept.parameters))
        kept.run()
        rates = {group["share"]: group["lr"] for group in kept.optimizer.param_groups}
        self.assertAlmostEqual(rates[3.0], 3 * rates[1.0])

    def test_a_share_of_the_way_is_between_beginning_and_end(self):
        kept = self.kept("way")
        kept.run()
        beginning, end = (load_pair(self.root / "way" / f"{name}.pt")[0] for name in ("beginning", "weights"))
        moved = {k for k, v in end.state_dict().items() if not torch.equal(v, beginning.state_dict()[k])}
        self.assertIn("world.joints.0.weight", moved)
        self.assertIn("decoder.masks.weight", moved)
        for share in (0.0, 0.25, 1.0):
            pair = load_pair(self.root / "way" / "weights.pt")[0]
            go_back(pair, beginning, share)
            for name, value in pair.state_dict().items():
                first, last = beginning.state_dict()[name], end.state_dict()[name]
                if value.dtype.is_floating_point:
                    self.assertTrue(torch.allclose(value, first + share * (last - first), atol=1e-6), name)
        image = torch.rand(1, 3, 64, 64)
        go_back(end, beginning, 0)
        self.assertTrue(torch.equal(SegmenterEncoder(end)(image), SegmenterEncoder(beginning)(image)))

    def test_the_anchor_loss_is_a_divergence(self):
        masks, weight = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(0)), torch.ones(2, 3)
        self.assertAlmostEqual(losses.anchor_loss(masks, masks, weight).item(), 0, places=6)
        near, far = (losses.anchor_loss(masks + more, masks, weight).item() for more in (0.1, 2.0))
        self.assertGreater(near, 0)
        self.assertGreater(far, 10 * near)
        self.assertEqual(losses.anchor_loss(-masks, masks, torch.zeros(2, 3)).item(), 0)


class ShareTests(unittest.TestCase):
    def test_so_many_runs_are_familiar_as_are_asked_for(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-m", "bsb_training.synthetic", folder], check=True)
            renders = RenderSet(Path(folder))
        shapes = renders.run_shapes
        self.assertEqual(len(shapes), renders.runs)
        # Everyday objects with named parts are not familiar, nor is what has no names.
        renders.manifest["shapes"][1]["category"] = THING
        vocabulary = build_vocabulary(renders, None)
        for share in (0.0, 0.25, 1.0):
            batches = Batches(renders, None, vocabulary, Augmentation(), familiar_share=share)
            self.assertEqual(batches.shape_familiar.tolist(), [True, False, False, True])
            found = batches.shape_familiar[shapes[batches.pick_runs(Draw(0), 4000)]].float().mean().item()
            self.assertAlmostEqual(found, share, delta=0.03)

    def test_regions_count_only_where_they_are_wanted(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-m", "bsb_training.synthetic", folder, "--runs", "16"], check=True)
            renders = RenderSet(Path(folder))
        unnamed = torch.tensor([not shape["labelled"] for shape in renders.manifest["shapes"]])
        for wanted in (True, False):
            batches = Batches(renders, None, build_vocabulary(renders, None), Augmentation(), regions=wanted)
            pictures = torch.arange(0, renders.count, 4)
            batches.pick_pictures = lambda *_: pictures.repeat_interleave(2)
            batch = batches.make_renders(Draw(0), 64, len(pictures))
            of_unnamed = unnamed[renders.column("shape", pictures.repeat_interleave(2)).long()]
            self.assertTrue(of_unnamed.any())
            self.assertTrue(batch.has_parts[~of_unnamed].all())
            self.assertEqual(batch.has_parts[of_unnamed].any().item(), wanted)


if __name__ == "__main__":
    unittest.main()
