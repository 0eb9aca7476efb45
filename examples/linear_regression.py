"""Linear regression by gradient descent, on gradients that s2sad writes.

Twice the same model: with the weights and the bias as two arguments of a decorated function, and with both in
a dataclass, whose gradient is again such a dataclass. Run `python examples/linear_regression.py [--quick]`.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import s2sad

Array = NDArray[np.float64]

TRUE_W = np.array([1.5, -2.0, 0.5])
TRUE_B = 0.75


@dataclass(frozen=True)
class Parameters:
    w: Array
    b: float


@s2sad.differentiate(wrt=("w", "b"))
def loss(w: Array, b: float, x: Array, t: Array) -> np.floating:
    residual = x @ w + b - t
    return np.mean(residual**2)


def model_loss(p: Parameters, x: Array, t: Array) -> np.floating:
    residual = x @ p.w + p.b - t
    return np.mean(residual**2)


def make_data(samples: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(samples, len(TRUE_W)))
    noise = 0.05 * rng.normal(size=samples)
    return x, x @ TRUE_W + TRUE_B + noise


def report(step: int, steps: int, value: np.floating) -> None:
    if step % (steps // 5) == 0 or step == steps - 1:
        print(f"step {step:4d}  loss {value:.6f}")


def train(x: Array, t: Array, steps: int, rate: float) -> Parameters:
    """Gradient descent on two separate arguments."""
    w, b = np.zeros(len(TRUE_W)), 0.0
    for step in range(steps):
        value, (w_bar, b_bar) = loss.value_and_grad(w, b, x, t)
        report(step, steps, value)
        w = w - rate * w_bar
        b = b - rate * b_bar
    return Parameters(w, b)


def train_dataclass(x: Array, t: Array, steps: int, rate: float) -> Parameters:
    """Gradient descent on a dataclass of parameters."""
    p = Parameters(np.zeros(len(TRUE_W)), 0.0)
    value_and_grad = s2sad.value_and_grad(model_loss, wrt="p")
    for step in range(steps):
        value, p_bar = value_and_grad(p, x, t)
        report(step, steps, value)
        p = Parameters(p.w - rate * p_bar.w, p.b - rate * p_bar.b)
    return p


def show(p: Parameters) -> None:
    weights = ", ".join(f"{v:.3f}" for v in p.w)
    print(f"found w = [{weights}], b = {p.b:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="fewer samples and steps")
    quick = parser.parse_args().quick
    x, t = make_data(samples=100 if quick else 2000)
    steps = 100 if quick else 500

    print("the gradient of the loss:\n")
    print(loss.source_for(np.zeros(len(TRUE_W)), 0.0, x, t).strip())
    print("\nweights and bias as two arguments")
    two_arguments = train(x, t, steps, rate=0.1)
    show(two_arguments)
    print("\nweights and bias in a dataclass")
    dataclass_result = train_dataclass(x, t, steps, rate=0.1)
    show(dataclass_result)
    weights = ", ".join(f"{v:.3f}" for v in TRUE_W)
    print(f"\ntruth w = [{weights}], b = {TRUE_B:.3f}")


if __name__ == "__main__":
    main()
