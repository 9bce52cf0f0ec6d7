import pathlib
import pickle
import subprocess
import sys
import tempfile
import unittest
import zipfile

import convert_decoder
import numpy as np

FOLDER = pathlib.Path(__file__).parent / "published"
SHIPPED = pathlib.Path(__file__).parents[2] / "Tests/InteractiveSegmentationTests/Published"


class Touch:
    """Makes a file when an ordinary unpickler meets it."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


class ConvertDecoderTest(unittest.TestCase):
    def test_what_swift_tests_is_what_the_script_makes(self):
        with tempfile.TemporaryDirectory() as folder:
            for source, target in [("decoder_checkpoint.pth", "decoder.safetensors"), ("single.pth", "single.safetensors")]:
                run = subprocess.run(
                    [sys.executable, convert_decoder.__file__, FOLDER / source, FOLDER / "pred_f.pth", f"{folder}/{target}"],
                    capture_output=True, text=True)
                self.assertEqual(run.returncode, 0, run.stderr)
                self.assertEqual(pathlib.Path(folder, target).read_bytes(), (SHIPPED / target).read_bytes())

    def test_views_in_half_precision_are_read(self):
        values = convert_decoder.load(FOLDER / "transposed.pth")
        self.assertEqual((values.shape, values.dtype), ((12, 6), np.float16))
        self.assertGreater(len(np.unique(values)), 50)

    def test_other_files_are_refused_in_words(self):
        for name, words in [("legacy.pth", "torch 1.6"), ("module.pth", "torch.nn.modules.linear.Linear"), ("make.py", "torch 1.6")]:
            with self.assertRaisesRegex(convert_decoder.Refused, words):
                convert_decoder.load(FOLDER / name)
        for pair, words in [(("pred_f.pth", "pred_f.pth"), "attention_state_dict"), (("single.pth", "integers.pth"), "pred_f.pth"),
                            (("single.pth", "single.pth"), "vertices x 6")]:
            with self.assertRaisesRegex(convert_decoder.Refused, words):
                convert_decoder.converted(*(FOLDER / name for name in pair))
        run = subprocess.run(
            [sys.executable, convert_decoder.__file__, "nowhere.pth", "nowhere.pth", "out"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("nowhere.pth", run.stderr)

    def test_a_pickle_calls_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            touched, path = pathlib.Path(folder, "touched"), f"{folder}/hostile.pth"
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("archive/data.pkl", pickle.dumps(Touch(str(touched)), 2))
            with self.assertRaisesRegex(convert_decoder.Refused, "open"):
                convert_decoder.load(path)
            self.assertFalse(touched.exists())

    def test_tensors_beyond_their_numbers_are_refused(self):
        storage = np.zeros(72, "<f4")
        self.assertEqual(convert_decoder.rebuild_tensor(storage, 0, (12, 6), (6, 1)).shape, (12, 6))
        for shape, strides, offset in [((12, 7), (6, 1), 0), ((12, 6), (7, 1), 0), ((12, 6), (6, 1), 1), ((12, 6), (6, 1), -1),
                                       ((2, 2), (2**62, 1), 0), ((-1, 6), (6, 1), 0), ((2, 2), (1,), 0)]:
            with self.assertRaises(convert_decoder.Refused):
                convert_decoder.rebuild_tensor(storage, offset, shape, strides)

    def test_damage_is_refused_or_harmless(self):
        whole, random = convert_decoder.load(FOLDER / "pred_f.pth"), np.random.default_rng(4)
        content = (FOLDER / "pred_f.pth").read_bytes()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "damaged.pth")
            for _ in range(300):
                damaged = bytearray(content)
                damaged[random.integers(len(content))] = random.integers(256)
                path.write_bytes(damaged)
                try:
                    read = convert_decoder.load(path)
                except convert_decoder.Refused:
                    continue
                np.testing.assert_array_equal(read, whole)


if __name__ == "__main__":
    unittest.main()
