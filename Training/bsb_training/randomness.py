"""All random choices of a training step, from one seed, on the device that trains."""

import numpy as np
import torch
from torch import Tensor


class Draw:
    """Random tensors on a device, and a few random numbers on the host, from a sequence of integers."""

    def __init__(self, seed: int | list[int], device: str = "cpu"):
        self.device = device
        self.on_host = np.random.default_rng(seed)
        self.generator = torch.Generator(device)
        self.generator.manual_seed(int(self.on_host.integers(2**62)))

    def uniform(self, shape: tuple, low: float = 0.0, high: float = 1.0) -> Tensor:
        return torch.rand(shape, generator=self.generator, device=self.device) * (high - low) + low

    def log_uniform(self, shape: tuple, low: float, high: float) -> Tensor:
        return torch.exp(self.uniform(shape, float(np.log(low)), float(np.log(high))))

    def normal(self, shape: tuple) -> Tensor:
        return torch.randn(shape, generator=self.generator, device=self.device)

    def integers(self, below: int, shape: tuple) -> Tensor:
        return torch.randint(below, shape, generator=self.generator, device=self.device)

    def choice(self, weights: Tensor, count: int) -> Tensor:
        """Indices [B,count], drawn with replacement in proportion to weights [B,n]; of rows that are zero all over, any."""
        sums = weights.double().cumsum(1)
        sums = torch.where(sums[:, -1:] > 0, sums, torch.arange(1, sums.shape[1] + 1, device=self.device))
        where = self.uniform((len(sums), count)).double() * sums[:, -1:]
        return torch.searchsorted(sums, where, right=True).clamp_max(sums.shape[1] - 1)
