"""A small neural-network library on plain functions, NumPy arrays and dataclasses.

A layer is anything that can be called: a `Linear`, or a plain function such as `relu`. A `Model` calls its layers in turn.
There is no graph and no tensor class: a loss is a function of a model, and its gradient is what `s2sad.differentiate`
writes for it. That gradient is a model again, of the same kind and with arrays of the same shapes, which an optimiser
takes its step with:

    @s2sad.differentiate(wrt="model")
    def loss(model: Model, x: Array, t: Array) -> np.floating:
        return mean_squared_error(model(x), t)

    adam = Adam(rate=1e-2)
    for rows in minibatches(rng, len(x), 32):
        value, gradient = loss.value_and_grad(model, x[rows], t[rows])
        adam.step(model, gradient)

The parameters of a model are the arrays in it, however deep they are nested in dataclasses, lists, tuples and dicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

import s2sad

Array = NDArray[Any]
Tree = TypeVar("Tree")

# --- layers and models --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Linear:
    """The affine map of rows x to x @ weight + bias."""

    weight: Array
    bias: Array

    def __call__(self, x: Array) -> Array:
        return x @ self.weight + self.bias


@dataclass(frozen=True)
class Model:
    """Layers that are called in turn. A model is a layer itself, so models nest."""

    layers: list[Callable[[Array], Array]]

    def __call__(self, x: Array) -> Array:
        for layer in self.layers:
            x = layer(x)
        return x


def linear(rng: np.random.Generator, inputs: int, outputs: int, gain: float = 1.0) -> Linear:
    """A layer with no bias and normal weights of variance gain² / inputs; a gain of √2 suits relu."""
    return Linear(rng.normal(0.0, gain / np.sqrt(inputs), (inputs, outputs)), np.zeros(outputs))


def perceptron(rng: np.random.Generator, sizes: list[int], activation: Callable[[Array], Array]) -> Model:
    """Linear layers from size to size with the activation between them, and none behind the last."""
    gain = np.sqrt(2.0) if activation in (relu, leaky_relu) else 1.0
    layers: list[Callable[[Array], Array]] = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [linear(rng, inputs, outputs, gain), activation]
    return Model(layers[:-1])


# --- activations --------------------------------------------------------------------------------------------


def relu(x: Array) -> Array:
    """max(x, 0), as a choice: so its derivative at 0 is 0, where `np.maximum` would share it between the two."""
    return np.where(x > 0.0, x, 0.0)


def leaky_relu(x: Array) -> Array:
    return np.where(x > 0.0, x, 0.2 * x)


def tanh(x: Array) -> Array:
    return np.tanh(x)


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), by a function that does not overflow."""
    return 0.5 + 0.5 * np.tanh(0.5 * x)


def softmax(x: Array) -> Array:
    """Each row as probabilities. The largest entry is subtracted first, which changes nothing but the size of exp."""
    e = np.exp(x - s2sad.stop_gradient(np.max(x, axis=1, keepdims=True)))
    return e / np.sum(e, axis=1, keepdims=True)


# --- losses -------------------------------------------------------------------------------------------------


def mean_squared_error(y: Array, t: Array) -> np.floating:
    return np.mean((y - t) ** 2)


def binary_cross_entropy(z: Array, t: Array | float) -> np.floating:
    """Of logits z (what a sigmoid would take) and targets t between 0 and 1.

    -t log(sigmoid(z)) - (1 - t) log(1 - sigmoid(z)) is log(1 + exp(z)) - t z, in which no logarithm is of 0.
    """
    return np.mean(np.logaddexp(0.0, z) - t * z)


def categorical_cross_entropy(z: Array, t: Array) -> np.floating:
    """Of rows of logits z (what a softmax would take) and rows of probabilities t, such as one-hot classes.

    -sum(t log(softmax(z))) with the logarithm taken of the quotient before it is formed, and the largest logit subtracted.
    """
    z = z - s2sad.stop_gradient(np.max(z, axis=1, keepdims=True))
    log_total = np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return np.sum(t * (log_total - z)) / len(z)


# --- trees of parameters ------------------------------------------------------------------------------------


def named_parameters(tree: Any, name: str = "") -> Iterator[tuple[str, Array]]:
    """The arrays in a tree with their places in it, such as layers.0.weight, in a fixed order."""
    if isinstance(tree, np.ndarray):
        yield name, tree
        return
    parts: list[tuple[Any, Any]] = []
    if is_dataclass(tree) and not isinstance(tree, type):
        parts = [(f.name, getattr(tree, f.name)) for f in fields(tree)]
    elif isinstance(tree, dict):
        parts = list(tree.items())
    elif isinstance(tree, (list, tuple)):
        parts = list(enumerate(tree))
    for key, part in parts:
        yield from named_parameters(part, f"{name}.{key}" if name else str(key))


def parameters(tree: Any) -> list[Array]:
    """The arrays in a tree. Those of a model and of its gradient are in the same order."""
    return [array for _, array in named_parameters(tree)]


def with_parameters(tree: Tree, arrays: dict[str, Array], name: str = "") -> Tree:
    """The same tree with other arrays, given by their places."""
    made: Any = tree
    if isinstance(tree, np.ndarray):
        made = arrays[name]
    elif is_dataclass(tree) and not isinstance(tree, type):
        changes = {f.name: _child(tree, f.name, getattr(tree, f.name), arrays, name) for f in fields(tree)}
        made = replace(tree, **changes)
    elif isinstance(tree, dict):
        made = {key: _child(tree, key, part, arrays, name) for key, part in tree.items()}
    elif isinstance(tree, (list, tuple)):
        made = type(tree)([_child(tree, key, part, arrays, name) for key, part in enumerate(tree)])
    return made


def _child(tree: Any, key: Any, part: Any, arrays: dict[str, Array], name: str) -> Any:
    return with_parameters(part, arrays, f"{name}.{key}" if name else str(key))


def copy(tree: Tree) -> Tree:
    """The same tree with arrays of its own."""
    return with_parameters(tree, {name: array.copy() for name, array in named_parameters(tree)})


def save(path: str | Path, tree: Any) -> None:
    """Write the parameters to an npz file, each under its place in the tree."""
    np.savez(path, **dict(named_parameters(tree)))


def load(path: str | Path, like: Tree) -> Tree:
    """The tree `like` with the parameters of an npz file. Raises ValueError unless names and shapes are those of `like`."""
    with np.load(path) as file:
        arrays = dict(file)
    expected = {name: array.shape for name, array in named_parameters(like)}
    found = {name: array.shape for name, array in arrays.items()}
    if found != expected:
        raise ValueError(f"{path} holds {found}, and the model {expected}")
    return with_parameters(like, arrays)


# --- training -----------------------------------------------------------------------------------------------


def minibatches(rng: np.random.Generator, samples: int, size: int) -> Iterator[Array]:
    """The row numbers 0 .. samples - 1 in random order, `size` at a time; the last batch may be smaller."""
    order = rng.permutation(samples)
    for start in range(0, samples, size):
        yield order[start : start + size]


@dataclass
class SGD:
    """Steps against the gradient; with momentum, against a sum of gradients in which older ones fade.

    An optimiser changes the arrays of the model in place, and belongs to one model.
    """

    rate: float = 1e-2
    momentum: float = 0.0
    velocities: list[Array] = field(default_factory=list)

    def step(self, model: Any, gradient: Any) -> None:
        weights, slopes = parameters(model), parameters(gradient)
        if not self.momentum:
            for w, g in zip(weights, slopes):
                w -= self.rate * g
            return
        if not self.velocities:
            self.velocities = [np.zeros_like(w) for w in weights]
        for w, g, v in zip(weights, slopes, self.velocities):
            v *= self.momentum
            v += g
            w -= self.rate * v


@dataclass
class Adam:
    """Kingma and Ba, Adam: a method for stochastic optimization (2015), algorithm 1, with the step size of section 2.

    The rate is divided by a running root mean square of each entry of the gradient, and the gradient is averaged as well.
    """

    rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    steps: int = 0
    means: list[Array] = field(default_factory=list)
    squares: list[Array] = field(default_factory=list)

    def step(self, model: Any, gradient: Any) -> None:
        weights, slopes = parameters(model), parameters(gradient)
        if not self.steps:
            self.means = [np.zeros_like(w) for w in weights]
            self.squares = [np.zeros_like(w) for w in weights]
        self.steps += 1
        # Both averages start at 0; what they lack by that is made up for in the two factors.
        root = np.sqrt(1.0 - self.beta2**self.steps)
        rate = self.rate * root / (1.0 - self.beta1**self.steps)
        for w, g, m, s in zip(weights, slopes, self.means, self.squares):
            m += (1.0 - self.beta1) * (g - m)
            s += (1.0 - self.beta2) * (g * g - s)
            w -= rate * m / (np.sqrt(s) + self.epsilon * root)
