"""Quick checks of the training code on made-up data: python -m unittest discover -s tests (from Training/)."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from bsb_training import losses
from bsb_training.data import Augmentation, Batches, RenderSet, build_vocabulary
from bsb_training.export import load_pair
from bsb_training.model import FeatureNetwork, ModelConfig, Pair, SegmenterEncoder
from bsb_training.prompts import PromptBatch, Scene, corrected, make_prompts
from bsb_training.randomness import Draw
from bsb_training.teachers import FeatureTeacher
from bsb_training.train import Trainer
from bsb_training.vocabulary import Vocabulary
from tests import tiny

TINY = tiny.MODEL + tiny.TRAIN + "bfloat16 = false\n"


class TinyVision(torch.nn.Module):
    """A stand-in for DINOv2 with random weights: patch tokens behind a class token and four registers."""

    def __init__(self, width: int = 12, patch: int = 14):
        super().__init__()
        self.patches = torch.nn.Conv2d(3, width, patch, patch)

    def forward(self, pixel_values):
        tokens = self.patches(pixel_values).flatten(2).transpose(1, 2)
        return torch.cat([tokens[:, :5] * 0, tokens], 1)


class TinyEncoder(torch.nn.Module):
    """A stand-in for SAM's image encoder."""

    def __init__(self):
        super().__init__()
        self.patches = torch.nn.Conv2d(3, 8, 16, 16)

    def forward(self, pixel_values):
        embedding = self.patches(pixel_values)
        return embedding, embedding * 0


class TinyDecoder(torch.nn.Module):
    """A stand-in for SAM's prompt encoder and mask decoder: three discs around the click, of falling size."""

    def forward(self, image_embeddings, image_positional_embeddings, input_points, input_labels):
        rows = torch.arange(256.0).view(1, 1, 1, 256, 1) * 4
        distance = (rows - input_points[..., 1, None, None]).square() + (rows.transpose(3, 4) - input_points[..., 0, None, None]).square()
        radii = torch.tensor([400.0, 200.0, 100.0]).view(1, 1, 3, 1, 1)
        used = (image_embeddings.mean() + image_positional_embeddings.mean() + input_labels.float().mean()) * 0
        masks = radii - distance.sqrt() + used
        return masks.mean((3, 4)) * 0 + torch.tensor([0.5, 0.7, 0.9]), masks


def write_teachers(folder: Path) -> str:
    """Writes tiny teachers with random weights; returns the lines of a configuration that names them."""
    torch.manual_seed(1)
    image, one = torch.zeros(1, 3, 1024, 1024), torch.zeros(1, 1, 1, 2)
    embeddings = ["image_embeddings", "image_positional_embeddings"]
    torch.onnx.export(
        TinyVision(), (torch.zeros(1, 3, 56, 56),), folder / "vision.onnx", input_names=["pixel_values"],
        output_names=["last_hidden_state"], dynamic_axes={"pixel_values": {0: "n"}, "last_hidden_state": {0: "n"}}, dynamo=False)
    torch.onnx.export(
        TinyEncoder(), (image,), folder / "encoder.onnx", input_names=["pixel_values"], output_names=embeddings, dynamo=False)
    torch.onnx.export(
        TinyDecoder(), (torch.zeros(1, 8, 64, 64), torch.zeros(1, 8, 64, 64), one, torch.ones(1, 1, 1, dtype=torch.int64)),
        folder / "decoder.onnx", input_names=[*embeddings, "input_points", "input_labels"], output_names=["iou_scores", "pred_masks"],
        dynamo=False)
    names = {"feature_teacher": "vision", "mask_teacher_encoder": "encoder", "mask_teacher_decoder": "decoder"}
    return "feature_teacher_side = 56\nfeature_teacher_weight = 10\n" + "".join(f'{key} = "{folder / name}.onnx"\n' for key, name in names.items())


class VocabularyTests(unittest.TestCase):
    def test_weak_labels_become_candidate_sets(self):
        vocabulary = Vocabulary.build(["Cup/body", "Cup/handle"], ["Mug", "Guitar"], {"hair": ["Human/head"]})
        self.assertEqual(vocabulary.classes, ["Cup/body", "Cup/handle", "Human/head", "Guitar"])
        self.assertEqual(vocabulary.sets["Mug"], [0, 1])
        self.assertEqual(vocabulary.table()[vocabulary.set_index("Guitar")].tolist(), [0, 0, 0, 1])


class LossTests(unittest.TestCase):
    def test_candidate_loss_is_low_when_any_candidate_wins(self):
        prototypes = torch.eye(3)
        features = torch.tensor([0.0, 1.0, 0.0]).view(1, 3, 1, 1)
        table = torch.cat([torch.eye(3), torch.tensor([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0]])])
        right, wrong = (
            losses.candidate_loss(Draw(0), features, prototypes, torch.tensor([[[i]]]), table, 16, 0.0).item() for i in (3, 4)
        )
        self.assertLess(right, 0.01)
        self.assertGreater(wrong, 10)

    def test_contrast_prefers_the_same_surface_point(self):
        torch.manual_seed(0)
        surface = torch.rand(1, 8, 8, 3).repeat(2, 1, 1, 1)
        matched = torch.nn.functional.normalize(torch.randn(1, 8, 8, 8), dim=1).repeat(2, 1, 1, 1)
        shuffled = torch.nn.functional.normalize(torch.randn(2, 8, 8, 8), dim=1)
        category = torch.zeros(2, dtype=torch.long)
        good = losses.surface_contrast(Draw(0), matched, surface, category, 1).item()
        bad = losses.surface_contrast(Draw(0), shuffled, surface, category, 1).item()
        self.assertLess(good, bad - 1)

    def test_nesting_loss_is_zero_for_nested_masks(self):
        masks = torch.stack([torch.full((4, 4), v) for v in (-1.0, 0.0, 1.0)])[None]
        self.assertEqual(losses.nesting_loss(masks).item(), 0)
        self.assertGreater(losses.nesting_loss(masks.flip(1)).item(), 0)


class PromptTests(unittest.TestCase):
    def scene(self) -> Scene:
        label = torch.full((1, 6, 6), 255)
        label[0, 1:5, 1:5] = 0
        label[0, 2, 5] = label[0, 4, 5] = 1
        instance = torch.full((1, 6, 6), 255)
        instance[0, 1:5, 1:5], instance[0, 2, 5], instance[0, 4, 5] = 0, 1, 2
        return Scene(label, instance, torch.tensor([True]))

    def test_levels_nest(self):
        masks, weight = self.scene().levels(torch.tensor([2 * 6 + 5]))
        self.assertEqual(masks.sum((2, 3)).tolist(), [[1, 2, 18]])
        self.assertEqual(weight[0, 0], 1)

    def test_a_part_alone_gets_its_neighbours(self):
        masks, weight = self.scene().levels(torch.tensor([2 * 6 + 2]))
        self.assertEqual(masks.sum((2, 3)).tolist(), [[16, 18, 18]])
        self.assertEqual(weight[0, 1], 0.25)

    def test_clicks_are_on_parts_that_are_large_enough(self):
        scene = self.scene()
        for seed in range(20):
            cell = int(scene.click(Draw(seed))[0])
            self.assertEqual(scene.instance.flatten()[cell], 0)

    def test_corrections_click_where_the_answer_is_wrong(self):
        truth = torch.zeros(1, 3, 6, 6)
        truth[:, :, 2, 2:4] = 1
        answer = torch.where(truth > 0, 5.0, -5.0)
        answer[:, :, 2, 3] = -5
        prompts = PromptBatch(
            torch.zeros(1, dtype=torch.long), torch.zeros(1, 3, 2), torch.tensor([[1.0, -1, -1]]), torch.zeros(1, 4),
            torch.zeros(1, 1, 6, 6), truth, torch.tensor([[1.0, 0, 0]]), torch.ones(1, 1, 6, 6, dtype=torch.bool))
        again = corrected(Draw(1), prompts, answer)
        self.assertEqual(again.labels.tolist(), [[1, 1, -1]])
        self.assertEqual(torch.div(again.points[0, 1], 4, rounding_mode="floor").tolist(), [3, 2])


class RunTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        subprocess.run([sys.executable, "-m", "bsb_training.synthetic", cls.root / "renders"], check=True)
        (cls.root / "tiny.toml").write_text(TINY)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def trainer(self, name: str, config: str = "tiny.toml", initial: Path | None = None) -> Trainer:
        return Trainer(self.root / config, self.root / "renders", None, self.root / name, initial)

    def test_batches_depend_only_on_the_seed(self):
        renders = RenderSet(self.root / "renders")
        batches = Batches(renders, None, build_vocabulary(renders, None), Augmentation())
        first, second = (batches.make(Draw(3), 64, 2, 0) for _ in range(2))
        self.assertTrue(torch.equal(first.image, second.image))
        prompts = make_prompts(Draw(3), first, 2)
        again = corrected(Draw(3), prompts, torch.randn(prompts.targets.shape))
        self.assertTrue((again.labels >= 0).sum() > (prompts.labels >= 0).sum())

    def test_resumed_run_equals_uninterrupted_run(self):
        whole = self.trainer("whole")
        whole.run()
        self.trainer("parts").run(stop_after=2)
        parts = self.trainer("parts")
        parts.run()
        for (name, a), b in zip(whole.pair.state_dict().items(), parts.pair.state_dict().values()):
            self.assertTrue(torch.equal(a, b), name)

    def test_frozen_stages_are_the_checkpoint_s(self):
        (self.root / "frozen.toml").write_text(TINY.replace("steps = 4", "steps = 4\nfrozen_stages = true"))
        (self.root / "other.toml").write_text(TINY.replace("steps = 4", "steps = 4\nseed = 9"))
        self.trainer("other", "other.toml").run(stop_after=1)
        initial = self.root / "other" / "checkpoint.pt"
        whole = self.trainer("frozen-whole", "frozen.toml", initial)
        whole.run()
        self.trainer("frozen-parts", "frozen.toml", initial).run(stop_after=2)
        parts = self.trainer("frozen-parts", "frozen.toml")
        parts.run()
        for (name, a), b in zip(whole.pair.state_dict().items(), parts.pair.state_dict().values()):
            self.assertTrue(torch.equal(a, b), name)

    def test_export_equals_pytorch(self):
        self.trainer("exported").run()
        command = [sys.executable, "-W", "ignore", "-m", "bsb_training.export", "--checkpoint"]
        subprocess.run([*command, self.root / "exported" / "checkpoint.pt", "--output", self.root / "models"], check=True)
        document = json.loads((self.root / "models" / "models.json").read_text())
        self.assertEqual(len(document["files"]), 3)
        self.assertLess(document["training"]["largestDifferenceFromPyTorch"]["masks"], 1e-2)
        self.assertIsInstance(load_pair(self.root / "exported" / "checkpoint.pt")[0], Pair)

    def test_models_gain_nothing_against_themselves(self):
        self.trainer("measured").run()
        command, models = [sys.executable, "-W", "ignore", "-m"], self.root / "measured-models"
        checkpoint = self.root / "measured" / "checkpoint.pt"
        subprocess.run([*command, "bsb_training.export", "--checkpoint", checkpoint, "--output", models], check=True)
        measure = [*command, "bsb_training.evaluate", "--models", models, "--renders", self.root / "renders", "--no-matching"]
        results = self.root / "results.json"
        subprocess.run([*measure, "--output", results], check=True, capture_output=True)
        result = json.loads(subprocess.run([*measure, "--against", results], check=True, capture_output=True).stdout)
        measured = result["segmentation, photo-like renders"]
        self.assertEqual(result["gain"]["photo-like renders"], dict.fromkeys(measured, "+0.000 +- 0.000"))
        self.assertEqual(measured, json.loads(results.read_text())["segmentation, photo-like renders"])

    def test_going_on_from_exported_graphs_changes_nothing(self):
        self.trainer("origin").run()
        command = [sys.executable, "-W", "ignore", "-m", "bsb_training.export", "--checkpoint"]
        subprocess.run([*command, self.root / "origin" / "checkpoint.pt", "--output", self.root / "released"], check=True)
        again = Trainer(self.root / "tiny.toml", self.root / "renders", None, self.root / "again", self.root / "released")
        origin = load_pair(self.root / "origin" / "checkpoint.pt")[0]
        image = torch.rand(1, 3, 64, 64)
        for network in (FeatureNetwork, SegmenterEncoder):
            difference = (network(origin)(image) - network(again.pair.eval())(image)).abs().max().item()
            self.assertLess(difference, 0.01, network.__name__)

    def test_graphs_of_two_sizes_are_gone_on_from_one_at_a_time(self):
        deeper = TINY.replace("blocks = [1, 1, 1, 1]", "blocks = [1, 2, 1, 1]\nembedding_blocks = 1\ndecoder_depth = 6")
        (self.root / "deeper.toml").write_text(deeper)
        self.trainer("shallow").run()
        Trainer(self.root / "deeper.toml", self.root / "renders", None, self.root / "deep", self.root / "shallow" / "weights.pt").run()
        command = [sys.executable, "-W", "ignore", "-m", "bsb_training.export", "--checkpoint", self.root / "deep" / "weights.pt"]
        features = ["--features", self.root / "shallow" / "weights.pt"]
        subprocess.run([*command, *features, "--output", self.root / "both"], check=True)
        image = torch.rand(1, 3, 64, 64)
        for config, origin, network in (("tiny", "shallow", FeatureNetwork), ("deeper", "deep", SegmenterEncoder)):
            again = Trainer(self.root / f"{config}.toml", self.root / "renders", None, self.root / "third", self.root / "both")
            whole = load_pair(self.root / origin / "weights.pt")[0]
            difference = (network(whole)(image) - network(again.pair.eval())(image)).abs().max().item()
            self.assertLess(difference, 0.02, network.__name__)
        (self.root / "other.toml").write_text(TINY.replace("blocks = [1, 1, 1, 1]", "blocks = [1, 1, 3, 1]"))
        with self.assertRaises(ValueError):
            Trainer(self.root / "other.toml", self.root / "renders", None, self.root / "fourth", self.root / "both")

    def test_the_trunk_of_either_graph_is_gone_on_from(self):
        for name in ("first", "second"):
            (self.root / f"{name}.toml").write_text(TINY.replace("[train]", "[train]\nseed = 2") if name == "second" else TINY)
            Trainer(self.root / f"{name}.toml", self.root / "renders", None, self.root / name).run()
        command = [sys.executable, "-W", "ignore", "-m", "bsb_training.export", "--checkpoint", self.root / "second" / "weights.pt"]
        features = ["--features", self.root / "first" / "weights.pt"]
        subprocess.run([*command, *features, "--output", self.root / "mixed"], check=True)
        image = torch.rand(1, 3, 64, 64)
        for trunk, origin, network in (("features", "first", FeatureNetwork), ("segmenter", "second", SegmenterEncoder)):
            again = Trainer(self.root / "tiny.toml", self.root / "renders", None, self.root / "fifth", self.root / "mixed", trunk)
            whole = load_pair(self.root / origin / "weights.pt")[0]
            difference = (network(whole)(image) - network(again.pair.eval())(image)).abs().max().item()
            self.assertLess(difference, 0.02, network.__name__)

    def test_teachers_teach(self):
        (self.root / "taught.toml").write_text(TINY.replace("steps = 4", "steps = 40") + write_teachers(self.root))
        taught = Trainer(self.root / "taught.toml", self.root / "renders", None, self.root / "taught")
        batch = taught.batches.make(Draw(0), 64, 2, 0)
        tokens = taught.feature_teacher.tokens(batch.image)
        self.assertEqual(list(tokens.shape), [4, 12, 4, 4])
        with torch.no_grad():
            expected = taught.feature_teacher.session.run(None, {"pixel_values": torch.nn.functional.interpolate(
                batch.image, size=(56, 56), mode="bilinear", antialias=True).numpy()})[0][:, 5:]
        self.assertTrue(torch.allclose(tokens.flatten(2).transpose(1, 2), torch.from_numpy(expected), atol=1e-5))
        batch.has_mask[1:] = False
        prompts = taught.mask_teacher.prompts(np.random.default_rng(0), batch, 2)
        areas = prompts.targets.sum((2, 3))
        self.assertEqual(len(prompts.points), 2)
        self.assertTrue((areas[:, 0] < areas[:, 1]).all() and (areas[:, 1] < areas[:, 2]).all())
        x, y = (prompts.points[0, 0] / 4).long().tolist()
        self.assertTrue(prompts.targets[0, :, y, x].all())
        before = taught.feature_teacher.loss(batch.image, taught.pair.feature_head(taught.pair.trunk(batch.image))).item()
        taught.run()
        after = taught.feature_teacher.loss(batch.image, taught.pair.feature_head(taught.pair.trunk(batch.image))).item()
        self.assertLess(after, before)

    def test_a_graph_of_another_kind_is_no_teacher(self):
        write_teachers(self.root)
        with self.assertRaisesRegex(ValueError, "expected .*pixel_values"):
            FeatureTeacher(self.root / "decoder.onnx", 56, 14, 8)

    def test_prompts_may_share_the_embedding_of_their_picture(self):
        torch.manual_seed(0)
        config = ModelConfig(widths=(8, 8, 8, 8, 8), pyramid=8, embedding_dimension=8, decoder_width=8)
        decoder = Pair(config, 2, 2).eval().decoder
        embedding, picture = torch.randn(2, 8, 16, 16), torch.tensor([1, 0, 1])
        prompt = (torch.rand(3, 1, 2) * 64, torch.ones(3, 1), torch.zeros(3, 4), torch.zeros(3, 1, 16, 16))
        for shared, own in zip(decoder(embedding, *prompt, picture), decoder(embedding[picture], *prompt)):
            self.assertTrue(torch.allclose(shared, own, atol=1e-5))

    def test_decoder_ignores_padding_points(self):
        torch.manual_seed(0)
        config = ModelConfig(widths=(8, 8, 8, 8, 8), pyramid=8, embedding_dimension=8, decoder_width=8)
        decoder = Pair(config, 2, 2).eval().decoder
        embedding, box, previous = torch.randn(1, 8, 16, 16), torch.zeros(1, 4), torch.zeros(1, 1, 16, 16)
        point = torch.tensor([[[20.0, 30.0]]])
        padded = torch.cat([point, torch.tensor([[[50.0, 9.0]]])], 1)
        plain = decoder(embedding, point, torch.ones(1, 1), box, previous)[0]
        same = decoder(embedding, padded, torch.tensor([[1.0, -1.0]]), box, previous)[0]
        self.assertTrue(torch.allclose(plain, same, atol=1e-5))


if __name__ == "__main__":
    unittest.main()
