import argparse
import pathlib
import tempfile
import unittest

import numpy as np
import torch

try:
    import onnx
    from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel

    from export_foundation import __main__ as export
    from export_foundation.parity import randomise
except ImportError as error:
    raise unittest.SkipTest(f"the export of DIFT needs what export_foundation/README.md lists: {error}")


def tiny_pipeline() -> argparse.Namespace:
    """Stable Diffusion 2.1's kinds of blocks and its schedule, with few channels and random weights."""
    vae = AutoencoderKL(
        down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4, block_out_channels=[8, 8, 16, 16],
        layers_per_block=1, norm_num_groups=4, latent_channels=4, scaling_factor=0.18215)
    unet = UNet2DConditionModel(
        block_out_channels=[16, 32, 32, 32], layers_per_block=2, norm_num_groups=8, cross_attention_dim=24,
        attention_head_dim=[2, 4, 4, 4], use_linear_projection=True,
        down_block_types=["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"], up_block_types=["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3)
    scheduler = DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000, steps_offset=1, clip_sample=False,
        set_alpha_to_one=False, prediction_type="v_prediction")
    with torch.no_grad():
        return argparse.Namespace(vae=randomise(vae, 1), unet=randomise(unet, 2), scheduler=scheduler)


class DiftTest(unittest.TestCase):
    def exported(self, folder: str, block: int, noises: int, step: int):
        """The graph of a tiny pipeline, and its largest difference from DIFT's own procedure."""
        arguments = argparse.Namespace(
            side=64, block=block, noises=noises, seed=5, step=step, output=str(pathlib.Path(folder) / "dift.onnx"))
        prompt = torch.randn(1, 77, 24, generator=torch.Generator().manual_seed(3))
        difference = export.dift(tiny_pipeline(), prompt, arguments)["graph"]
        return onnx.load(arguments.output), difference

    def test_the_graph_is_dift_up_to_its_block(self) -> None:
        weights = []
        for block, noises, step in [(0, 1, 41), (1, 3, 261)]:
            with tempfile.TemporaryDirectory() as folder:
                graph, difference = self.exported(folder, block, noises, step)
            onnx.checker.check_model(graph)
            self.assertLess(difference, 1e-5)
            shape = [axis.dim_value for axis in graph.graph.output[0].type.tensor_type.shape.dim]
            self.assertEqual(shape, [1, 32, 2 << block, 2 << block])
            weights.append(sum(int(np.prod(tensor.dims)) for tensor in graph.graph.initializer))
        own = sum(value.numel() for value in tiny_pipeline().unet.up_blocks[1].parameters())
        self.assertLess(abs(weights[1] - weights[0] - own), 0.02 * own, "a block more adds its own weights and no others")


if __name__ == "__main__":
    unittest.main()
