"""The counterpart of `benchmarks.training`: an epoch of PyTorch's eager loop on request.

Run by the Python that has torch; reads the images' file and the batch size from its arguments, then
answers each line on standard input with the seconds of one epoch.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise

import numpy as np
import torch
from torch import nn


def network() -> nn.Module:
    """The question's network."""
    widths = [784, 128, 64, 28, 64, 128, 784]
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1], nn.Sigmoid())


def epoch(
    model: nn.Module, optimizer: torch.optim.Optimizer, images: torch.Tensor, batch: int
) -> float:
    """Train once on all images, in a fresh order; the mean loss."""
    total = 0.0
    loss_of = nn.BCELoss()
    for chosen in torch.randperm(len(images)).split(batch):
        targets = images[chosen]
        loss = loss_of(model(targets), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(chosen)
    return total / len(images)


def main() -> None:
    path, batch, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    images = torch.from_numpy(np.load(path).astype(np.float32) / 255)
    model = network()
    optimizer = torch.optim.Adam(model.parameters())
    epoch(model, optimizer, images, batch)
    print(torch.__version__, flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        epoch(model, optimizer, images, batch)
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
