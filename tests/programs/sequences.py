"""Lists that grow while a program runs, and what people do with them afterwards: windows, stacks, sums, tied weights."""

import numpy as np

from tests.programs.case import Case


def adams_bashforth(y, rate, h, steps):
    """A multistep method: the last slopes are a slice of the list of all slopes."""
    slopes = [rate * y * (1.0 - y)]
    for _ in range(steps):
        window = slopes[-2:]
        if len(window) < 2:
            y = y + h * window[0]
        else:
            y = y + h * (1.5 * window[1] - 0.5 * window[0])
        slopes.append(rate * y * (1.0 - y))
    return np.sum(y**2)


def averaged_tail(x, decay, steps, burn_in):
    """Polyak averaging: the mean of the iterates behind the first few."""
    iterates = [x]
    for _ in range(steps):
        iterates.append(decay * np.sin(iterates[-1]) + 0.1 * iterates[0])
    return np.sum(np.mean(iterates[burn_in:], axis=0) ** 2)


def chebyshev(x, coefficients):
    """The polynomials appended one by one and stacked to a matrix."""
    terms = [np.ones_like(x), x]
    for _ in range(2, len(coefficients)):
        terms.append(2.0 * x * terms[-1] - terms[-2])
    T = np.stack(terms[: len(coefficients)])
    return np.sum((coefficients @ T) ** 2)


def stacked_states(W, x, steps):
    """The states of a recurrent net stacked to one array, then weighted by time."""
    states = []
    h = np.zeros(len(W))
    for _ in range(steps):
        h = np.tanh(W @ h + x)
        states.append(h)
    H = np.stack(states)
    return np.sum(H**2 * np.arange(1.0, steps + 1)[:, None])


def residual_net(x, scale, depth):
    """Every layer's output is kept and enters the sum at the end, the first one each layer as well."""
    outputs = [x]
    for _ in range(depth):
        outputs.append(scale * np.tanh(outputs[-1]) + outputs[0])
    return np.sum(sum(outputs) ** 2)


def skip_sum(x, depth):
    """The last layer is made of the first one; all are summed without a nonlinearity."""
    outputs = [x * (k + 1.0) for k in range(depth)]
    outputs.append(x * outputs[0])
    return np.sum(sum(outputs))


def tied_layers(W, x, depth):
    """One matrix for all layers, as a list of references."""
    layers = [W] * depth
    for layer in layers:
        x = np.tanh(layer @ x)
    return x @ layers[0] @ x


def vector(n, *rest):
    return lambda rng: (0.5 * rng.normal(size=n), *rest)


def matrix(n, steps):
    return lambda rng: (rng.normal(size=(n, n)) / n, rng.normal(size=n), steps)


CASES = [
    Case(adams_bashforth, vector(3, 1.3, 0.1, 4), ("y", "rate", "h")),
    Case(adams_bashforth, vector(2, 1.3, 0.1, 1), ("y", "h"), "one"),
    Case(adams_bashforth, vector(2, 1.3, 0.1, 0), ("y",), "no-steps"),
    Case(averaged_tail, vector(3, 0.9, 5, 2), ("x", "decay")),
    Case(averaged_tail, vector(2, 0.9, 1, 1), ("x", "decay"), "one"),
    Case(averaged_tail, vector(2, 0.9, 0, 0), ("x",), "no-steps"),
    Case(chebyshev, lambda rng: (rng.uniform(-1.0, 1.0, 5), rng.normal(size=4)), ("x", "coefficients")),
    Case(chebyshev, lambda rng: (rng.uniform(-1.0, 1.0, 3), rng.normal(size=1)), ("x", "coefficients"), "one"),
    Case(stacked_states, matrix(3, 4), ("W", "x")),
    Case(stacked_states, matrix(2, 1), ("W", "x"), "one"),
    Case(residual_net, vector(3, 0.7, 3), ("x", "scale")),
    Case(residual_net, vector(2, 0.7, 1), ("x", "scale"), "one"),
    Case(residual_net, vector(2, 0.7, 0), ("x",), "no-layers"),
    Case(skip_sum, vector(3, 3), ("x",)),
    Case(skip_sum, vector(2, 1), ("x",), "one"),
    Case(tied_layers, matrix(3, 3), ("W", "x")),
    Case(tied_layers, matrix(2, 1), ("W", "x"), "one"),
]
