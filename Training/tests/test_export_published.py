import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import onnx
    from transformers import (
        DINOv3ViTConfig, DINOv3ViTModel, Dinov2WithRegistersConfig, Dinov2WithRegistersModel, Sam2Config, Sam2Model, SamConfig, SamModel)

    from export_foundation import parity
except ImportError as error:
    raise unittest.SkipTest(f"exports need what export_foundation/README.md lists: {error}")


class ExportTest(unittest.TestCase):
    """Tiny models with random weights, saved as `transformers` saves them and exported by the command."""

    def exported(self, family, model, folder, *options):
        parity.randomise(model, 1).save_pretrained(f"{folder}/model")
        return subprocess.run(
            [sys.executable, "-m", "export_foundation", family, f"{folder}/model", "--output", f"{folder}/out", *options],
            cwd=pathlib.Path(__file__).parent.parent, capture_output=True, text=True)

    def check(self, family, model, names, *options):
        with tempfile.TemporaryDirectory() as folder:
            run = self.exported(family, model, folder, *options)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual([line.split(":")[0] for line in run.stdout.splitlines() if "largest difference" in line], names)
            for path in [f"{folder}/out"] if names == ["graph"] else [f"{folder}/out/{name}.onnx" for name in names]:
                onnx.checker.check_model(path)

    def test_dinov2(self):
        config = Dinov2WithRegistersConfig(
            hidden_size=8, num_hidden_layers=2, num_attention_heads=2, mlp_ratio=2, image_size=70, patch_size=14, num_register_tokens=4)
        self.check("dinov2", Dinov2WithRegistersModel(config), ["graph"], "--side", "56")

    def test_dinov3(self):
        model = DINOv3ViTModel(parity.dinov3_config(DINOv3ViTConfig, 16, 2, 2, 32))
        self.check("dinov3", model, ["graph"], "--side", "64")
        with tempfile.TemporaryDirectory() as folder:
            refused = self.exported("dinov3", model, folder, "--side", "72")
            self.assertIn("multiple of 16", refused.stderr)
            self.assertNotEqual(refused.returncode, 0)

    def test_sam(self):
        config = parity.sam_config(SamConfig, 8, 2, 2, 64, 2, [1], tiny=True)
        # As SlimSAM: layers in between of a width of their own.
        config.vision_config.mlp_dim = 20
        self.check("sam", SamModel(config), ["encoder", "decoder"])

    def test_sam2(self):
        self.check("sam2", Sam2Model(parity.sam2_config(Sam2Config, tiny=True)), ["encoder", "decoder"])


if __name__ == "__main__":
    unittest.main()
