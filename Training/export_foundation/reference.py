"""What the models' own code makes of a picture and prompts, step by step: what the Swift side is compared with."""

import numpy
import torch
from PIL import Image
from torch.nn import functional

MEAN, STD = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])


def fitted(picture, side):
    """SAM's rule for the size of a picture whose longest side is `side`."""
    scale = side / max(picture.size)
    return tuple(max(1, int(length * scale + 0.5)) for length in picture.size)


def normalised(values):
    """height x width x 3 in 0 to 255 -> 1 x 3 x height x width."""
    return (((values / 255) - MEAN) / STD).permute(2, 0, 1)[None]


def pad(tensor, side, value=0.0):
    return functional.pad(tensor, (0, side - tensor.shape[-1], 0, side - tensor.shape[-2]), value=value)


def dino_frame(picture, side):
    """The published code: longest side by Pillow, zeros to the right and below, then mean and deviation."""
    resized = torch.tensor(numpy.asarray(picture.resize(fitted(picture, side), Image.BILINEAR)).copy()).float()
    padded = pad(resized.permute(2, 0, 1)[None], side)[0].permute(1, 2, 0)
    return resized, normalised(padded)


def dift_planes(pipeline, prompt, frame, step, block, noises, seed):
    """DIFT's own procedure for a frame in -1 to 1, with the whole U-Net: noise added once, features of an up-block, their mean."""
    kept = []
    hook = pipeline.unet.up_blocks[block].register_forward_hook(lambda module, inputs, output: kept.append(output))
    torch.manual_seed(seed)
    latents = pipeline.vae.encode(frame.repeat(noises, 1, 1, 1)).latent_dist.sample() * pipeline.vae.config.scaling_factor
    step = torch.tensor(step)
    # Not `randn_like`, whose order follows the layout that the encoder happens to leave in memory.
    noisy = pipeline.scheduler.add_noise(latents, torch.randn(latents.shape), step)
    pipeline.unet(noisy, step, encoder_hidden_states=prompt.repeat(noises, 1, 1))
    hook.remove()
    return kept[0].mean(0, keepdim=True)


def sam_frame(picture, side):
    """SAM: longest side by Pillow, mean and deviation, then zeros to the right and below."""
    resized = torch.tensor(numpy.asarray(picture.resize(fitted(picture, side), Image.BILINEAR)).copy()).float()
    return resized, pad(normalised(resized), side)


def sam2_frame(picture, side):
    """SAM 2: both sides to `side`, antialiased in floats."""
    values = torch.tensor(numpy.asarray(picture).copy()).float().permute(2, 0, 1)[None]
    resized = functional.interpolate(values, (side, side), mode="bilinear", antialias=True, align_corners=False)[0].permute(1, 2, 0)
    return resized, normalised(resized)


def dino_pixels(tokens, picture, side, pixels):
    """Features of pixels as the published code has them: tokens to the frame, cropped, to the picture."""
    frame = functional.interpolate(tokens, (side, side), mode="bilinear", align_corners=False)
    width, height = fitted(picture, side)
    whole = functional.interpolate(frame[..., :height, :width], picture.size[::-1], mode="bilinear", align_corners=False)
    return torch.stack([whole[0, :, y, x] for x, y in pixels])


def sam_masks(logits, picture, side):
    """SAM's post-processing: to the frame, cropped, to the picture, above 0."""
    width, height = fitted(picture, side)
    frame = functional.interpolate(logits, (side, side), mode="bilinear", align_corners=False)
    return functional.interpolate(frame[..., :height, :width], picture.size[::-1], mode="bilinear", align_corners=False) > 0


def sam2_masks(logits, picture, side):
    """SAM 2's post-processing: straight to the picture."""
    return functional.interpolate(logits, picture.size[::-1], mode="bilinear", align_corners=False) > 0


def prompt_tensors(prompt, picture, side, stretched):
    """Points, labels and box of a prompt, which is in pixels of the picture, as the model takes them."""
    sizes = (side, side) if stretched else fitted(picture, side)
    scale = torch.tensor([sizes[0] / picture.size[0], sizes[1] / picture.size[1]])
    points = torch.tensor([p[:2] for p in prompt["points"]], dtype=torch.float32).reshape(-1, 2) * scale
    labels = torch.tensor([p[2] for p in prompt["points"]], dtype=torch.long)
    box = torch.tensor(prompt["box"], dtype=torch.float32) * scale.repeat(2) if prompt["box"] else None
    return points, labels, box


def sam_answers(model, embeddings, prompts, picture, side, stretched):
    """Low-resolution logits [P, 3, h, w] and scores [P, 3], one prompt after the other."""
    logits, scores = [], []
    for prompt in prompts:
        points, labels, box = prompt_tensors(prompt, picture, side, stretched)
        earlier = None if prompt["previous"] is None else logits[prompt["previous"]][:1][None]
        result = model(
            image_embeddings=embeddings, input_points=points[None, None] if len(points) else None,
            input_labels=labels[None, None] if len(points) else None, input_boxes=None if box is None else box[None, None],
            input_masks=earlier, multimask_output=True)
        logits.append(result.pred_masks[0, 0])
        scores.append(result.iou_scores[0, 0])
    return torch.stack(logits), torch.stack(scores)


def by_area(logits, scores, masks):
    """Three masks in the order of their areas, which is that of part, larger part and object."""
    order = torch.argsort((logits > 0).sum((1, 2)), stable=True)
    return logits[order], scores[order], masks[order]
