"""An LSTM unrolled over a sequence: once with a loop, once as a cell object that keeps its state."""

import numpy as np

from tests.programs.case import Case


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lstm_loss(W, U, b, xs, target):
    hidden = U.shape[0]
    h = np.zeros(hidden)
    c = np.zeros(hidden)
    for x in xs:
        z = x @ W + h @ U + b
        i, f, o, g = np.split(z, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return np.sum((h - target) ** 2)


class Cell:
    """A cell with its state in attributes, updated by `step`."""

    def __init__(self, weights, bias, hidden):
        self.weights = weights
        self.bias = bias
        self.h = np.zeros(hidden)
        self.c = np.zeros(hidden)
        self.steps = 0

    def step(self, x):
        n = self.h.shape[0]
        z = self.weights @ np.concatenate([x, self.h]) + self.bias
        gate = sigmoid(z[: 3 * n])
        self.c = gate[:n] * self.c + gate[n : 2 * n] * np.tanh(z[3 * n :])
        self.h = gate[2 * n :] * np.tanh(self.c)
        self.steps += 1
        return self.h


def cell_loss(weights, bias, xs, target):
    cell = Cell(weights, bias, target.shape[0])
    loss = 0.0
    for x in xs:
        h = cell.step(x)
        loss += np.mean((h - target) ** 2)
    return loss / max(cell.steps, 1)


def make_loop(steps, inputs, hidden):
    def make_args(rng):
        W = rng.normal(size=(inputs, 4 * hidden))
        U = rng.normal(size=(hidden, 4 * hidden))
        return W, U, rng.normal(size=4 * hidden), rng.normal(size=(steps, inputs)), rng.normal(size=hidden)

    return make_args


def make_cell(steps, inputs, hidden):
    def make_args(rng):
        weights = rng.normal(size=(4 * hidden, inputs + hidden))
        return weights, rng.normal(size=4 * hidden), rng.normal(size=(steps, inputs)), rng.normal(size=hidden)

    return make_args



CASES = [
    Case(lstm_loss, make_loop(5, 2, 3), ("W", "U", "b", "xs")),
    Case(lstm_loss, make_loop(0, 2, 3), ("W", "b", "target"), "empty"),
    Case(cell_loss, make_cell(4, 2, 3), ("weights", "bias", "xs")),
    Case(cell_loss, make_cell(1, 1, 1), ("weights", "bias", "target"), "one"),
    Case(cell_loss, make_cell(0, 2, 2), ("weights", "target"), "empty"),
]
