"""Muon: momentum whose update is made orthogonal, for the matrices within the layers (Jordan et al. 2024).

The update is scaled to the size of AdamW's (Liu et al. 2025, arXiv:2502.16982), so that both share one learning rate.
"""

import torch


def orthogonal(matrices):
    """[count, rows, columns] -> the nearest matrices with equal singular values, roughly: five Newton-Schulz steps."""
    x = matrices.bfloat16()
    wide = x.shape[1] <= x.shape[2]
    x = x if wide else x.mT
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        square = x @ x.mT
        x = 3.4445 * x + (-4.775 * square + 2.0315 * square @ square) @ x
    return (x if wide else x.mT).to(matrices.dtype)


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            momentum, byShape = group["momentum"], {}
            for parameter in group["params"]:
                byShape.setdefault(parameter.shape, []).append(parameter)
            for shape, parameters in byShape.items():
                updates = []
                for parameter in parameters:
                    state = self.state[parameter]
                    past = state.setdefault("momentum", torch.zeros_like(parameter))
                    past.lerp_(parameter.grad, 1 - momentum)
                    updates.append(parameter.grad.lerp(past, momentum))
                scale = group["lr"] * 0.2 * max(shape) ** 0.5
                for parameter, update in zip(parameters, orthogonal(torch.stack(updates))):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"]).sub_(update, alpha=scale)
