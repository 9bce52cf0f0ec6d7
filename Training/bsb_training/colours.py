"""What the networks expect of a picture's colours: ImageNet's mean and deviation."""

import torch
from torch import Tensor

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def normalise(image: Tensor) -> Tensor:
    """RGB in 0...1 to what the networks expect."""
    return (image - MEAN.to(image.device)) / DEVIATION.to(image.device)
