"""Makes the files of test_convert_decoder.py, and expected.json of PublishedDecoderTests, with torch: a small decoder in the published layout, features, and torch's own answers.

Run in this folder: python make.py
"""

import json

import torch
from torch import nn

torch.manual_seed(0)
FEATURES, WIDTHS, VERTICES = 6, [10, 5, 5], 12


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        for name in ["W_Q", "W_Kp", "W_Kn", "W_Vp", "W_Vn"]:
            setattr(self, name, nn.Linear(FEATURES, FEATURES))

    def forward(self, field, clicks):
        pick = lambda positive, negative: torch.stack(
            [(positive if wanted else negative)(field[vertex]) for vertex, wanted in clicks]
        )
        keys, values = pick(self.W_Kp, self.W_Kn), pick(self.W_Vp, self.W_Vn)
        scores = self.W_Q(field) @ keys.T / FEATURES**0.5
        return scores.softmax(dim=-1) @ values


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        layers, inputs = [], 2 * FEATURES
        for width in WIDTHS:
            layers += [nn.Linear(inputs, width), nn.ReLU(), nn.LayerNorm([width])]
            inputs = width
        self.mlp = nn.ModuleList(layers + [nn.Linear(inputs, 2), nn.Softmax(dim=-1)])

    def forward(self, x):
        for layer in self.mlp:
            x = layer(x)
        return x


attention, network = Attention(), Network()
optimizer = torch.optim.Adam(list(attention.parameters()) + list(network.parameters()), 0.02)
field = torch.randn(VERTICES, FEATURES, requires_grad=True) * 2
truth = (torch.arange(VERTICES) < 5).long()


def answer(clicks):
    return network(torch.cat([field, attention(field, clicks)], dim=-1))


def train(steps, clicks):
    for _ in range(steps):
        loss = nn.functional.nll_loss(answer(clicks).clamp_min(1e-6).log(), truth)
        optimizer.zero_grad()
        loss.backward(retain_graph=True)
        optimizer.step()


def checkpoint():
    return {
        "attention_state_dict": attention.state_dict(),
        "model_state_dict": network.state_dict(),
        "optimizer_state_dict": optimizer.state_dict(),
        "epoch": 4,
        "batch_idx": 938,
        "shuffled_indices": list(range(40)),
        "losses": [0.5, 0.25],
        "num_batch": 939,
    }


def numbers(clicks):
    return answer(clicks)[:, 1].tolist()


single, several = [(3, True)], [(3, True), (7, True), (0, False)]
train(5, single)
# As training on several GPUs names the parameters, and without the optimizer.
torch.save(
    {
        "attention_state_dict": {f"module.{name}": value for name, value in attention.state_dict().items()},
        "model_state_dict": {f"module.{name}": value for name, value in network.state_dict().items()},
    },
    "single.pth",
)
expected = {"single": {"one": numbers(single)}}
train(20, several)
torch.save(checkpoint(), "decoder_checkpoint.pth")
torch.save(field, "legacy.pth", _use_new_zipfile_serialization=False)
expected["several"] = {"one": numbers(single), "three": numbers(several)}
torch.save(field, "pred_f.pth")
# A transposed view, in half precision, of a storage that is larger than it.
torch.save(torch.randn(FEATURES, VERTICES + 3).half().T[2:-1], "transposed.pth")
torch.save({"layer": nn.Linear(2, 2)}, "module.pth")
torch.save(torch.arange(6).reshape(2, 3), "integers.pth")
with open("expected.json", "w") as file:
    json.dump(expected, file)
