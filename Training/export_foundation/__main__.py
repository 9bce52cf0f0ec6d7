"""Exports one model and compares the graphs with the model they come from.

    python -m export_foundation dinov2 facebook/dinov2-with-registers-large --side 224 --output dinov2-large.onnx
    python -m export_foundation dinov2 dinov2_vitl14_reg4_pretrain.pth --side 224 --output dinov2-large.onnx
    python -m export_foundation dinov3 facebook/dinov3-vits16-pretrain-lvd1689m --side 224 --output dinov3-vits16.onnx
    python -m export_foundation dift stabilityai/stable-diffusion-2-1 --side 768 --output dift-sd21.onnx
    python -m export_foundation sam facebook/sam-vit-huge --output sam-vit-huge
    python -m export_foundation sam nielsr/slimsam-77-uniform --output slimsam-77
    python -m export_foundation sam2 facebook/sam2.1-hiera-tiny --output sam2.1-tiny

A model is a name on the hub, a folder of transformers or diffusers, or, for DINOv2, a .pth of its own repository.
"""

import argparse
import pathlib

import numpy
import onnxruntime
import torch
from transformers import AutoModel, Sam2Model, SamModel

from . import checkpoints, exporting, graphs, reference


def largest_difference(path, inputs, expected):
    """The largest difference of a graph's first outputs from what the model gives, as a share of the largest number."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    results = session.run(None, {name: value.numpy() for name, value in inputs.items()})
    return max(float(numpy.abs(a - b.numpy()).max() / numpy.abs(b.numpy()).max()) for a, b in zip(results, expected))


@torch.no_grad()
def export_features(arguments):
    source = arguments.model
    model = checkpoints.dinov2(source) if source.endswith(".pth") else AutoModel.from_pretrained(source)
    model = model.float().eval()
    if arguments.side % model.config.patch_size:
        raise SystemExit(f"--side must be a multiple of {model.config.patch_size} for this model")
    frame = torch.randn(1, 3, arguments.side, arguments.side, generator=torch.Generator().manual_seed(1))
    expected = [model(frame).last_hidden_state]
    exporting.features(model, arguments.side, arguments.output)
    return {"graph": largest_difference(arguments.output, {"pixel_values": frame}, expected)}


@torch.no_grad()
def export_dift(arguments):
    from diffusers import DDIMScheduler, StableDiffusionPipeline

    pipeline = StableDiffusionPipeline.from_pretrained(arguments.model, safety_checker=None, requires_safety_checker=False)
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    # One picture of a batch after the other: the same numbers in less memory.
    pipeline.vae.enable_slicing()
    prompt, _ = pipeline.encode_prompt(arguments.prompt, "cpu", 1, False)
    return dift(pipeline, prompt, arguments)


@torch.no_grad()
def dift(pipeline, prompt, arguments):
    """Exports DIFT of a pipeline and an embedded prompt."""
    side, step, block, noises, seed = arguments.side, arguments.step, arguments.block, arguments.noises, arguments.seed
    frame = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(1)) * 2 - 1
    expected = [reference.dift_planes(pipeline, prompt, frame, step, block, noises, seed)]
    latents = graphs.DiftLatents(pipeline.vae, pipeline.scheduler, side, step, noises, seed)
    exporting.dift(latents, graphs.DiftBlock(pipeline.unet, prompt, step, block), arguments.output)
    pixels = reference.normalised(((frame[0].permute(1, 2, 0) + 1) / 2) * 255)
    return {"graph": largest_difference(arguments.output, {"pixel_values": pixels}, expected)}


@torch.no_grad()
def export_segmenter(arguments):
    kind, export = {"sam": (SamModel, exporting.sam), "sam2": (Sam2Model, exporting.sam2)}[arguments.family]
    model = kind.from_pretrained(arguments.model).float().eval()
    side = exporting.picture_side(model)
    frame = torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(1))
    embeddings = model.get_image_embeddings(frame)
    points, labels = torch.tensor([[[side / 3, side / 2]]]), torch.ones(1, 1)
    answer = model(image_embeddings=embeddings, input_points=points[None], input_labels=labels[None].long(), multimask_output=True)
    export(model, arguments.output)
    folder = pathlib.Path(arguments.output)
    mask = {"mask_input": torch.zeros(1, 1, side // 4, side // 4), "has_mask_input": torch.zeros(1)}
    expected = [answer.pred_masks[:, 0], answer.iou_scores[:, 0]]
    if arguments.family == "sam":
        # The padding point that stands for "no box" is the caller's to give.
        clicks = {"point_coords": torch.cat([points, torch.zeros(1, 1, 2)], 1), "point_labels": torch.cat([labels, -torch.ones(1, 1)], 1)}
        encoder = largest_difference(folder / "encoder.onnx", {"pixel_values": frame}, [embeddings])
        decoder = largest_difference(folder / "decoder.onnx", {"image_embeddings": embeddings} | clicks | mask, expected)
    else:
        levels = {"image_embed": embeddings[2], "high_res_feats_0": embeddings[0], "high_res_feats_1": embeddings[1]}
        clicks = {"point_coords": points, "point_labels": labels}
        encoder = largest_difference(folder / "encoder.onnx", {"image": frame}, embeddings)
        decoder = largest_difference(folder / "decoder.onnx", levels | clicks | mask, expected)
    return {"encoder": encoder, "decoder": decoder}


def main():
    parser = argparse.ArgumentParser(prog="export_foundation", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("family", choices=["dinov2", "dinov3", "dift", "sam", "sam2"])
    parser.add_argument("model")
    parser.add_argument("--side", type=int, help="longest side of pictures, for dinov2 and dinov3 (default 224) and dift (default 768)")
    group = parser.add_argument_group("for dift, with the paper's defaults")
    group.add_argument("--prompt", default="", help='such as "a photo of a chair"')
    group.add_argument("--step", type=int, default=261, help="the step of diffusion whose noise is added")
    group.add_argument("--block", type=int, default=1, choices=range(4), help="the up-block of the U-Net whose features are taken")
    group.add_argument("--noises", type=int, default=8, help="noise samples that are averaged")
    group.add_argument("--seed", type=int, default=0, help="of the noise")
    parser.add_argument("--output", required=True, help="the graph, or for segmenters the folder of the two")
    arguments = parser.parse_args()
    arguments.side = arguments.side or {"dift": 768}.get(arguments.family, 224)
    if arguments.family == "dift" and arguments.side % 64:
        parser.error("--side must be a multiple of 64 for dift")
    differences = {"dinov2": export_features, "dinov3": export_features, "dift": export_dift}.get(arguments.family, export_segmenter)(arguments)
    for name, difference in differences.items():
        print(f"{name}: largest difference {difference:.1e} of the largest number")
    if max(differences.values()) > 1e-3:
        raise SystemExit("the graphs do not give what the model gives; do not use them")


if __name__ == "__main__":
    main()
