import pathlib
import tempfile
import unittest

import numpy as np
from PIL import Image

import affordance_clicks


class MasksTest(unittest.TestCase):
    def rank(self) -> np.ndarray:
        """8 x 8 pixels: grasped in the left two columns, contained in the upper half of the others, wrapped in the lower."""
        rank = np.full((8, 8, 7), 3)
        rank[:, :2, affordance_clicks.AFFORDANCES.index("grasp")] = 1
        rank[:4, 2:, affordance_clicks.AFFORDANCES.index("contain")] = 1
        rank[4:, 2:, affordance_clicks.AFFORDANCES.index("wrap-grasp")] = 1
        return rank

    def test_parts_join_their_affordances(self) -> None:
        masks = affordance_clicks.masks_of(self.rank(), "Cup")
        self.assertEqual(set(masks), {"handle", "body"})
        self.assertEqual((masks["handle"].sum(), masks["body"].sum()), (16, 48))
        self.assertFalse((masks["handle"] & masks["body"]).any())
        self.assertEqual(set(affordance_clicks.masks_of(self.rank(), "Plier")), {"handle"}, "what is not there is left out")

    def test_clicks_lie_in_the_mask_of_their_part(self) -> None:
        masks = affordance_clicks.masks_of(self.rank(), "Cup")
        clicks = affordance_clicks.clicks_of(self.rank(), "Cup", 3, np.random.default_rng(0))
        self.assertEqual(len(clicks), 9)
        for click in clicks:
            self.assertTrue(masks[click["part"]][click["y"], click["x"]])

    def test_masks_are_black_and_white_pictures(self) -> None:
        masks = affordance_clicks.masks_of(self.rank(), "Cup")
        with tempfile.TemporaryDirectory() as folder:
            paths = affordance_clicks.write_masks(masks, "mug_01", pathlib.Path(folder) / "masks")
            for part, path in paths.items():
                self.assertTrue(np.array_equal(np.asarray(Image.open(path)) == 255, masks[part]))


if __name__ == "__main__":
    unittest.main()
