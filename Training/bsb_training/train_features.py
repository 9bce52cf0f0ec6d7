"""Trains the feature extractor further, alone, from a checkpoint of `train`.

    python -m bsb_training.train_features --initial RUN/checkpoint.pt --renders RENDERS --photos PHOTOS --output RUN/features.pt --minutes 12

Its only task is to tell the part of every cell: a linear classifier on the standardised features over (category, part), weak labels as
sets of candidate classes. Unlike the cosine classifier of `train` it learns steadily from the start on one small batch after another.
The trunk changes, so only `features.onnx` may be exported from the result (`export --features`); the segmenter stays as it was.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from . import losses
from .data import Augmentation, Batch, Batches, PhotoSet, RenderSet, build_vocabulary
from .export import load_pair
from .model import Pair

SIZES = (96, 96, 112, 128)
GREY_SHARE = 0.35  # of the time in which grey renders are preferred


def standardised(pair: Pair, batch: Batch) -> Tensor:
    """The features before they are scaled to unit length: [B,D,h,w]."""
    trunk = pair.trunk(batch.image.contiguous(memory_format=torch.channels_last))
    head = pair.feature_head
    return head.standardise(head.project(head.mix(trunk)).float(), batch.inside == 1)


def part_loss(logits: Tensor, target: Tensor, table: Tensor) -> tuple[Tensor, Tensor]:
    """Minus the log of the candidates' total probability, and the share of cells of one class that are right."""
    known = target >= 0
    weight = losses.balance(target, table.shape[0])[known]
    log_p = F.log_softmax(logits.permute(0, 2, 3, 1)[known], 1)
    loss = -torch.logsumexp(log_p + torch.log(table[target[known]].clamp_min(1e-12)), 1)
    single = target[known] < logits.shape[1]
    right = (log_p.argmax(1) == target[known])[single].float().mean()
    return (loss * weight).sum() / weight.sum(), right


def train(arguments: argparse.Namespace):
    torch.set_num_threads(arguments.threads)
    renders, photos = RenderSet(arguments.renders), PhotoSet(arguments.photos)
    vocabulary = build_vocabulary(renders, photos)
    table = vocabulary.table()
    batches = Batches(renders, photos, vocabulary, Augmentation(zoom=(0.8, 1.6), degrees=8, mirror=0.3, colour=0.2, blur=0.15, noise=0.015))
    pair, state = load_pair(arguments.initial)
    pair = pair.train().requires_grad_(True).to(memory_format=torch.channels_last)
    torch.manual_seed(arguments.seed)
    classifier = torch.nn.Conv2d(pair.prototypes.shape[1], len(vocabulary.classes), 1)
    parameters = [*pair.trunk.parameters(), *pair.feature_head.parameters(), *classifier.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=arguments.rate, betas=(0.9, 0.98), weight_decay=1e-3)
    average = {k: v.clone() for k, v in pair.state_dict().items()}
    start, step, log = time.time(), 0, []
    while (done := (time.time() - start) / (60 * arguments.minutes)) < 1:
        rate = min(1, (step + 1) / 50) * (1 if done < 0.6 else (1 - done) / 0.4)
        for group in optimizer.param_groups:
            group["lr"] = arguments.rate * rate
        rng = np.random.default_rng([arguments.seed, step])
        batch = batches.make_renders(rng, int(rng.choice(SIZES)), 20, done < GREY_SHARE)
        if step % 4 == 3:
            batch = batches.make_photos(rng, 128, 24)
        loss, right = part_loss(classifier(standardised(pair, batch)), batch.target, table)
        if torch.isfinite(loss):
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 5.0)
            optimizer.step()
        keep = min(0.998, step / (step + 20))
        for key, value in pair.state_dict().items():
            if value.dtype.is_floating_point:
                average[key].lerp_(value, 1 - keep)
        log.append((loss.item(), right.item(), step % 4 == 3))
        step += 1
        if step % 40 == 0:
            mean = [np.nanmean([row[k] for row in log if not row[2]]) for k in (0, 1)]
            print(f"step {step}, {time.time() - start:.0f} s: loss {mean[0]:.3f}, right {mean[1]:.3f}", flush=True)
            log = []
        if step % 400 == 0:
            save(arguments.output, state, average, step)
    save(arguments.output, state, average, step)


def save(path: Path, state: dict, average: dict, step: int):
    """Writes the state of `train` with the new weights, whole or not at all."""
    part = path.with_suffix(".part")
    torch.save({**state, "average": average, "feature_steps": step}, part)
    part.rename(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--initial", type=Path, required=True, help="checkpoint of train")
    parser.add_argument("--renders", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
