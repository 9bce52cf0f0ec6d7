"""Makes parity cases of models that are defined in a repository of their own, with fixed random weights; give a checkout of it.

    python -m export_foundation.own_code OUT mobile-sam CHECKOUT      # of MobileSAM; needs timm and torchvision
    python -m export_foundation.own_code OUT efficient-sam CHECKOUT   # of EfficientSAM

Reference and decoder graphs are made by the checkout's own code; nothing of it is copied here.
"""

import pathlib
import sys

import numpy
import torch
from torch import nn

from . import exporting, parity, reference


class MobileSAMEncoder(nn.Module):
    """The usual layout of MobileSAM's encoders: input_image [H, W, 3] in 0 to 255, normalised and padded by the graph."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_image):
        return self.model.image_encoder(self.model.preprocess(input_image.permute(2, 0, 1)[None]))


def mobile_sam_answers(predictor, prompts):
    """Logits, scores and masks of `SamPredictor`, one prompt after the other."""
    logits, scores, masks = [], [], []
    for prompt in prompts:
        points = numpy.array(prompt["points"], dtype=float).reshape(-1, 3)
        earlier = None if prompt["previous"] is None else logits[prompt["previous"]][:1]
        mask, score, low = predictor.predict(
            point_coords=points[:, :2] if len(points) else None, point_labels=points[:, 2] if len(points) else None,
            box=None if prompt["box"] is None else numpy.array(prompt["box"], dtype=float), mask_input=earlier, multimask_output=True)
        logits.append(low)
        scores.append(score)
        masks.append(mask)
    return [torch.tensor(numpy.stack(values)) for values in (logits, scores, masks)]


@torch.no_grad()
def mobile_sam(folder):
    from mobile_sam import SamPredictor, sam_model_registry
    from mobile_sam.utils.onnx import SamOnnxModel

    model = sam_model_registry["vit_t"]()
    parity.randomise(model, 4)
    for name, value in model.state_dict().items():
        if name.endswith("running_var"):
            value.fill_(1)
    image = parity.picture(640, 427, 5)
    asked = parity.prompts(*image.size, 20, 11, False)
    case = parity.Case(folder, "mobile-sam", image, kind="segmenter", side=1024, prompts=asked)
    predictor = SamPredictor(model)
    predictor.set_image(numpy.asarray(image))
    resized = torch.tensor(predictor.transform.apply_image(numpy.asarray(image)))
    case.array("resized", resized.byte())
    case.array("frame", model.preprocess(resized.permute(2, 0, 1).float())[:, ::4, ::4])
    case.array("grid", predictor.get_image_embedding()[0].permute(1, 2, 0))
    for name, values in zip(("logits", "scores", "masks"), mobile_sam_answers(predictor, asked)):
        case.array(name, values)
    exporting.save(
        MobileSAMEncoder(model), case.folder / "encoder.onnx", {"input_image": resized.float()}, ["image_embeddings"],
        {"input_image": {0: "height", 1: "width"}})
    example = {
        "image_embeddings": torch.randn(1, 256, 64, 64), "point_coords": torch.rand(1, 5, 2) * 1024,
        "point_labels": torch.tensor([[0.0, 1, 2, 3, -1]]), "mask_input": torch.randn(1, 1, 256, 256), "has_mask_input": torch.ones(1),
        "orig_im_size": torch.tensor([427.0, 640.0])}
    exporting.save(
        SamOnnxModel(model, return_single_mask=False), case.folder / "decoder.onnx", example, ["masks", "iou_predictions", "low_res_masks"],
        {"point_coords": {1: "points"}, "point_labels": {1: "points"}})
    case.finish()


def efficient_sam_prompt(prompt):
    """A prompt's points and labels; the corners of a box are points with labels 2 and 3."""
    points = [p[:2] for p in prompt["points"]]
    labels = [p[2] for p in prompt["points"]]
    if prompt["box"]:
        points += [prompt["box"][:2], prompt["box"][2:]]
        labels += [2, 3]
    return torch.tensor(points, dtype=torch.float32)[None, None], torch.tensor(labels, dtype=torch.float32)[None, None]


@torch.no_grad()
def efficient_sam(folder):
    from efficient_sam.efficient_sam import build_efficient_sam
    from onnx_models import OnnxEfficientSamDecoder, OnnxEfficientSamEncoder

    model = parity.randomise(build_efficient_sam(encoder_patch_embed_dim=192, encoder_num_heads=3), 4)
    image = parity.picture(640, 427, 5)
    # It takes no earlier answer, and a negative point is none of its labels.
    asked = [prompt | {"previous": None, "points": [[*p[:2], 1] for p in prompt["points"]]}
             for prompt in parity.prompts(*image.size, 20, 11, False)]
    case = parity.Case(folder, "efficient-sam-tiny", image, kind="segmenter", side=1024, prompts=asked)
    picture = torch.tensor(numpy.asarray(image).copy()).permute(2, 0, 1)[None].float() / 255
    embedding = model.get_image_embeddings(picture)
    decoder = OnnxEfficientSamDecoder(model).eval()
    size = torch.tensor([image.size[1], image.size[0]])
    answers = [decoder(embedding, *efficient_sam_prompt(prompt), size) for prompt in asked]
    answers = [reference.by_area(low[0], scores[0, 0], masks[0, 0]) for masks, scores, low in answers]
    for name, values in zip(("logits", "scores", "masks"), zip(*answers)):
        case.array(name, torch.stack(values) > 0 if name == "masks" else torch.stack(values))
    case.array("grid", embedding[0].permute(1, 2, 0))
    # Its graph normalises by itself.
    frame = nn.functional.interpolate(picture, (1024, 1024), mode="bilinear")
    case.array("resized", frame[0].permute(1, 2, 0)[::4, ::4] * 255)
    case.array("frame", frame[0, :, ::4, ::4])
    exporting.save(
        OnnxEfficientSamEncoder(model), case.folder / "encoder.onnx", {"batched_images": picture}, ["image_embeddings"],
        {"batched_images": {2: "height", 3: "width"}})
    points, labels = efficient_sam_prompt(asked[1])
    exporting.save(
        decoder, case.folder / "decoder.onnx",
        {"image_embeddings": embedding, "batched_point_coords": points, "batched_point_labels": labels, "orig_im_size": size},
        ["output_masks", "iou_predictions"], {"batched_point_coords": {2: "points"}, "batched_point_labels": {2: "points"}})
    case.finish()


if __name__ == "__main__":
    folder, name, checkout = sys.argv[1:]
    sys.path.insert(0, str(pathlib.Path(checkout).resolve()))
    {"mobile-sam": mobile_sam, "efficient-sam": efficient_sam}[name](folder)
