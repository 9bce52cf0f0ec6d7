"""Modules with the inputs and outputs of the graphs, around the models of `transformers`."""

import torch
from torch import nn

from . import reference


class Features(nn.Module):
    """DINOv2 and kin: pixel_values -> last_hidden_state, with the position grid of one size baked in.

    Exporters cannot write an antialiased resize, so the grid is resized here, once, by the model's own function.
    """

    def __init__(self, model, side):
        super().__init__()
        self.model = model
        embeddings = getattr(model, "embeddings", None)
        if hasattr(embeddings, "interpolate_pos_encoding"):
            patches = (side // model.config.patch_size) ** 2
            tokens = torch.zeros(1, 1 + patches, model.config.hidden_size)
            with torch.no_grad():
                grid = embeddings.interpolate_pos_encoding(tokens, side, side).detach().clone()
            embeddings.interpolate_pos_encoding = lambda *_: grid

    def forward(self, pixel_values):
        return self.model(pixel_values).last_hidden_state


class DiftLatents(nn.Module):
    """The first half of DIFT (Tang et al. 2023): pixel_values -> noisy latents [noises, 4, h, w].

    The noise is constant and drawn in the order of DIFT's own code: first that of the latents, which are samples of the encoder's
    distribution, then that of the step.
    """

    def __init__(self, vae, scheduler, side, step, noises, seed):
        super().__init__()
        self.vae, self.side = vae, side
        kept = scheduler.alphas_cumprod[step]
        self.signal, self.noise = float(kept.sqrt()) * vae.config.scaling_factor, float((1 - kept).sqrt())
        cells = side // 2 ** (len(vae.config.block_out_channels) - 1)
        generator = torch.Generator().manual_seed(seed)
        shape = (noises, vae.config.latent_channels, cells, cells)
        self.register_buffer("sampling", torch.randn(shape, generator=generator))
        self.register_buffer("stepping", torch.randn(shape, generator=generator))
        # Pictures come normalised by ImageNet's colours; Stable Diffusion takes -1 to 1.
        self.register_buffer("mean", reference.MEAN.view(1, 3, 1, 1))
        self.register_buffer("deviation", reference.STD.view(1, 3, 1, 1))

    def forward(self, pixel_values):
        latents = self.vae.encode((pixel_values * self.deviation + self.mean) * 2 - 1).latent_dist
        return (latents.mean + latents.std * self.sampling) * self.signal + self.stepping * self.noise


class DiftBlock(nn.Module):
    """The second half of DIFT: noisy latents [4, h, w] -> what up-block `block` gives [C, h', w'].

    Cuts the U-Net that it is given after that block.
    """

    def __init__(self, unet, prompt, step, block):
        super().__init__()
        self.unet, self.step = unet, step
        unet.up_blocks = unet.up_blocks[:block + 1]
        unet.conv_norm_out, unet.conv_out = None, nn.Identity()
        self.register_buffer("prompt", prompt)

    def forward(self, sample):
        return self.unet(sample[None], self.step, self.prompt, return_dict=False)[0][0]


class SamEncoder(nn.Module):
    """pixel_values (normalised, padded) -> image_embeddings."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model.get_image_embeddings(pixel_values)


class SamEncoderTransformers(SamEncoder):
    """The layout of exports from transformers: image_embeddings, image_positional_embeddings."""

    def forward(self, pixel_values):
        positions = self.model.get_image_wide_positional_embeddings()
        return self.model.get_image_embeddings(pixel_values), positions.reshape(1, *positions.shape[-3:])


class SamDecoderTransformers(nn.Module):
    """The layout of exports from transformers: points only."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, image_embeddings, image_positional_embeddings, input_points, input_labels):
        sparse, dense = self.model.prompt_encoder(input_points, input_labels, None, None)
        masks, scores = self.model.mask_decoder(
            image_embeddings=image_embeddings, image_positional_embeddings=image_positional_embeddings,
            sparse_prompt_embeddings=sparse, dense_prompt_embeddings=dense, multimask_output=True)
        return scores, masks


def embed_points(encoder, coords, labels, weights):
    """The sparse embedding of points [P, N, 2] with labels -1 (none), 0, 1, 2 and 3 (corners of a box)."""
    size = (encoder.input_image_size, encoder.input_image_size)
    points = encoder.shared_embedding((coords + 0.5)[:, None], size)[:, 0]
    points = torch.where(labels[..., None] == -1, encoder.not_a_point_embed.weight, points)
    for label, weight in enumerate(weights):
        points = points + weight * (labels[..., None] == label).float()
    return points


def embed_mask(encoder, mask_input, has_mask_input):
    """The dense embedding: of an earlier answer, or of none."""
    given = has_mask_input.reshape(-1, 1, 1, 1)
    return given * encoder.mask_embed(mask_input) + (1 - given) * encoder.no_mask_embed.weight.reshape(1, -1, 1, 1)


class SamDecoder(nn.Module):
    """The layout of SAM's own export, for several prompts at once, each with points, a box as two points and an earlier answer."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        positions = model.get_image_wide_positional_embeddings()
        self.register_buffer("positions", positions.detach().reshape(1, *positions.shape[-3:]))

    def forward(self, image_embeddings, point_coords, point_labels, mask_input, has_mask_input):
        encoder = self.model.prompt_encoder
        sparse = embed_points(encoder, point_coords, point_labels, [e.weight for e in encoder.point_embed])
        prompts = point_coords.shape[0]
        masks, scores = self.model.mask_decoder(
            image_embeddings=image_embeddings.expand(prompts, -1, -1, -1),
            image_positional_embeddings=self.positions.expand(prompts, -1, -1, -1), sparse_prompt_embeddings=sparse[:, None],
            dense_prompt_embeddings=embed_mask(encoder, mask_input, has_mask_input), multimask_output=True)
        return masks[:, 0], scores[:, 0]


class Sam2Encoder(nn.Module):
    """pixel_values -> the three levels, coarsest last."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return tuple(self.model.get_image_embeddings(pixel_values))


class Sam2DecoderTransformers(nn.Module):
    """The layout of exports from transformers, without boxes."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, level0, level1, level2, input_points, input_labels):
        result = self.model(
            image_embeddings=[level0, level1, level2], input_points=input_points, input_labels=input_labels, multimask_output=True)
        return result.iou_scores, result.pred_masks, result.object_score_logits


class Sam2Decoder(nn.Module):
    """The layout of exports from SAM 2's own code: pads with the point of no label by itself; one prompt."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        self.register_buffer("positions", model.get_image_wide_positional_embeddings().detach())

    def forward(self, image_embed, high_res_feats_0, high_res_feats_1, point_coords, point_labels, mask_input, has_mask_input):
        encoder = self.model.prompt_encoder
        point_coords = nn.functional.pad(point_coords, (0, 0, 0, 1))
        point_labels = nn.functional.pad(point_labels, (0, 1), value=-1.0)
        sparse = embed_points(encoder, point_coords, point_labels, list(encoder.point_embed.weight))
        masks, scores, _, _ = self.model.mask_decoder(
            image_embeddings=image_embed, image_positional_embeddings=self.positions, sparse_prompt_embeddings=sparse[:, None],
            dense_prompt_embeddings=embed_mask(encoder, mask_input, has_mask_input), multimask_output=True,
            high_resolution_features=[high_res_feats_0, high_res_feats_1])
        return masks[:, 0], scores[:, 0]
