"""The object head: what it starts as, what it knows, and that the exported graph computes what was trained."""

import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from bsb_training import train_object_head as training
from bsb_training.encode import unit
from bsb_training.object_head import LEVELS, MEANS, ObjectHead, combined, loss


def example(rows: int = 6, columns: int = 9, seed: int = 0) -> dict:
    """A made-up click: features in two groups, of which one is the object."""
    generator = torch.Generator().manual_seed(seed)
    share = torch.zeros(rows, columns)
    share[1:4, 2:7] = 1
    poles = unit(torch.randn(2, 24, generator=generator), 1)
    features = poles[share.long()].permute(2, 0, 1) + 0.05 * torch.randn(24, rows, columns, generator=generator)
    logits = torch.randn(LEVELS, rows, columns, generator=generator)
    inside = share.repeat_interleave(8, 0).repeat_interleave(8, 1).to(torch.int8)
    return {
        "features": features.half(), "logits": logits.half(), "click": torch.tensor([[4.5, 2.5]]), "kind": "made up", "name": "one",
        "own": torch.randn(48, 48, generator=generator).half(), "inside": inside,
    }


class ObjectHeadTests(unittest.TestCase):
    def test_it_begins_by_adding_nothing_and_nothing_leaves_the_mask(self):
        with torch.no_grad():
            said = ObjectHead(24)(*training.inputs(example()))
        self.assertEqual(said.abs().max().item(), 0)
        own = torch.randn(20, 20)
        self.assertTrue(torch.equal(combined(own, torch.zeros_like(own)) > 0, own > 0))

    def test_a_mirrored_picture_has_a_mirrored_answer(self):
        torch.manual_seed(1)
        head = ObjectHead(24).eval()
        with torch.no_grad():
            plain, mirrored = (head.known(unit(f), m, c)[0] for f, m, c in (training.inputs(example()), training.inputs(example(), True)))
        self.assertLess((plain - mirrored.flip(3)).abs().max().item(), 1e-5)

    def test_cells_are_compared_with_what_is_around_the_click(self):
        features, logits, click = training.inputs(example())
        known = ObjectHead(24).known(unit(features), logits, click)[0][0]
        inside = example()["inside"][4::8, 4::8] == 1
        self.assertGreater(known[0][inside].min().item(), known[0][~inside].max().item())
        row, column = divmod(int(known[MEANS + LEVELS].argmin()), 9)
        self.assertEqual((row, column), (2, 4))
        self.assertAlmostEqual(known[-1].min().item(), 0.5 / 9, places=5)

    def test_unknown_cells_do_not_count(self):
        logits, inside = torch.randn(1, 1, 4, 4), torch.ones(1, 1, 4, 4)
        inside[..., 2:] = -1
        changed = logits.clone()
        changed[..., 2:] = 9
        self.assertEqual(loss(logits, inside).item(), loss(changed, inside).item())
        self.assertLess(loss(torch.full_like(logits, 20), inside).item(), 1e-4)

    def test_grids_are_sampled_as_a_slow_reference_does(self):
        values = torch.randn(3, 4, generator=torch.Generator().manual_seed(2))
        found = training.sampled(values, 1 / 8, (24, 30))
        for y in range(24):
            for x in range(30):
                column, row = min(max((x + 0.5) / 8 - 0.5, 0), 3), min(max((y + 0.5) / 8 - 0.5, 0), 2)
                c, r = min(int(column), 2), min(int(row), 1)
                upper = values[r, c] * (1 - column + c) + values[r, c + 1] * (column - c)
                lower = values[r + 1, c] * (1 - column + c) + values[r + 1, c + 1] * (column - c)
                self.assertAlmostEqual(float(found[y, x]), float(upper * (1 - row + r) + lower * (row - r)), places=4)

    def test_a_mirrored_click_is_judged_alike(self):
        head = ObjectHead(24)
        torch.nn.init.normal_(head.last.weight)
        with torch.no_grad():
            for name in ("first", "second", "third"):  # kernels that are their own mirror images
                weight = getattr(head, name).weight
                weight.copy_(weight + weight.flip(3))
            click = example() | {"own": example()["own"][:, :36].repeat(1, 2)[:, :48]}
            self.assertAlmostEqual(training.judged(head, click).item(), training.judged(head, click, True).item(), places=4)

    def test_it_learns_and_its_graph_says_the_same_for_any_size(self):
        examples = [example(seed=seed) for seed in range(6)]
        head = training.train(examples, examples, epochs=8, seed=0, rate=1e-2, together=2)
        found = training.measure(head, examples)["made up"]
        self.assertGreater(found["head"], 0.75)  # cells are coarse
        self.assertLess(found["segmenter"], 0.3)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "head.onnx"
            self.assertLess(training.export(head, path, examples[0]), 0.05)
            other = training.inputs(example(rows=5, columns=4))
            session = training.session(path)
            told = session.run(None, {n: t.numpy() for n, t in zip(("features", "masks", "click"), other)})[0]
            with torch.no_grad():
                self.assertLess(np.abs(told - head(*other).numpy()).max(), 0.05)

    def test_cuts_hold_the_object_and_stay_inside(self):
        inside = np.zeros((100, 100), np.int8)
        inside[30:50, 60:85] = 1
        for seed in range(50):
            window = training.window_of(inside, (100, 80), np.random.default_rng(seed))
            if window:
                left, top, side = window
                self.assertTrue(left >= 0 and top >= 0 and left + side <= 100 and top + side <= 80)
                self.assertGreater((inside[top : top + side, left : left + side] == 1).sum(), 0.7 * (inside == 1).sum())


if __name__ == "__main__":
    unittest.main()
