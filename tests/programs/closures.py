"""State in closures, counters and tables: Horner through `nonlocal`, memoised recursion, springs, soft sorting, images."""

import numpy as np

from tests.programs.case import Case


def horner(coefficients, x):
    """An accumulator in the enclosing function that an inner one changes."""
    total = 0.0

    def feed(c):
        nonlocal total
        total = total * x + c

    for c in coefficients:
        feed(c)
    return total


def counter(start, rates):
    """Two closures over one buffer: one fills it, the other reads what was filled."""
    history = [start]

    def push(rate):
        history.append(history[-1] * (1.0 + rate) - 0.1 * history[0])

    def average():
        return sum(history) / len(history)

    total = 0.0
    for rate in rates:
        push(rate)
        total += average() ** 2
    return total


def binomial_price(spot, volatility, rate, strike, steps):
    """An American put by a table that is memoised in a dictionary."""
    dt = 1.0 / max(steps, 1)
    up = np.exp(volatility * np.sqrt(dt))
    p = (np.exp(rate * dt) - 1.0 / up) / (up - 1.0 / up)
    known = {}

    def price(level, ups):
        if (level, ups) in known:
            return known[level, ups]
        now = max(strike - spot * up ** (2 * ups - level), 0.0)
        if level == steps:
            value = now
        else:
            later = p * price(level + 1, ups + 1) + (1.0 - p) * price(level + 1, ups)
            value = max(now, np.exp(-rate * dt) * later)
        known[level, ups] = value
        return value

    return price(0, 0)


def american_put(spot, volatility, rate, strike, steps):
    """The same as people vectorise it: one array of values that shrinks from the leaves to the root."""
    dt = 1.0 / steps
    up = np.exp(volatility * np.sqrt(dt))
    p = (np.exp(rate * dt) - 1.0 / up) / (up - 1.0 / up)
    discount = np.exp(-rate * dt)
    prices = spot * up ** (2.0 * np.arange(steps + 1) - steps)
    values = np.maximum(strike - prices, 0.0)
    for level in range(steps - 1, -1, -1):
        values[: level + 1] = discount * (p * values[1 : level + 2] + (1.0 - p) * values[: level + 1])
        prices = prices[: level + 1] * up
        np.maximum(values[: level + 1], strike - prices, out=values[: level + 1])
    return values[0]


def springs(x, v, edges, rest, stiffness, dt, steps):
    """A net of springs: forces scattered to both ends with `np.add.at`, pinned points masked."""
    i, j = edges[:, 0], edges[:, 1]
    force = np.empty_like(x)
    for _ in range(steps):
        d = x[j] - x[i]
        length = np.sqrt((d**2).sum(axis=1))
        f = (stiffness * (length - rest) / length)[:, None] * d
        force.fill(0.0)
        np.add.at(force, i, f)
        np.subtract.at(force, j, f)
        force[0] = 0.0
        v += dt * force
        v *= 0.99
        x += dt * v
    return np.sum(x**2) + np.sum(v * force)


def soft_shortest_paths(W, gamma):
    """Floyd-Warshall with a soft minimum, the table of distances relaxed in place."""
    D = np.abs(W) + 0.5
    n = len(D)
    for i in range(n):
        D[i, i] = 0.0
    for k in range(n):
        via = D[:, k : k + 1] + D[k, :]
        D[:] = -gamma * np.logaddexp(-D / gamma, -via / gamma)
    return D.sum()


def convolve(image, kernel, bias):
    """A valid convolution by loops over windows, a rectifier in place, max pooling into a smaller array."""
    m, n = image.shape
    a, b = kernel.shape
    out = np.zeros((m - a + 1, n - b + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + a, j : j + b] * kernel) + bias
    out[out < 0.0] = 0.0
    pooled = np.empty((out.shape[0] // 2, out.shape[1] // 2))
    for i in range(pooled.shape[0]):
        for j in range(pooled.shape[1]):
            pooled[i, j] = out[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
    return np.sum(pooled**2)


def histogram_moments(x, weights, bins):
    """Weights dropped into bins with `+=` at computed places; a linear share goes to the neighbour."""
    counts = np.zeros(bins + 1)
    for value, w in zip(x, weights):
        position = value * bins
        k = int(position)
        share = position - k
        counts[k] += w * (1.0 - share)
        counts[k + 1] += w * share
    cumulative = counts
    for k in range(1, bins + 1):
        cumulative[k] += cumulative[k - 1]
    return np.sum(cumulative**2)


def diamond_square(corners, roughness, noise):
    """Midpoint displacement: strides halve until the height field is full."""
    n = len(noise)
    h = np.zeros((n, n))
    h[0, 0], h[0, -1], h[-1, 0], h[-1, -1] = corners
    step, scale = n - 1, 1.0
    while step > 1:
        half = step // 2
        h[half::step, half::step] = 0.25 * (h[:-1:step, :-1:step] + h[step::step, :-1:step] + h[:-1:step, step::step] + h[step::step, step::step])
        h[half::step, half::step] += scale * noise[half::step, half::step]
        h[half::step, ::step] = 0.5 * (h[:-1:step, ::step] + h[step::step, ::step])
        h[::step, half::step] = 0.5 * (h[::step, :-1:step] + h[::step, step::step])
        step, scale = half, scale * roughness
    return np.mean(h**2)


def net(steps):
    def make(rng):
        edges = np.array([[0, 1], [1, 2], [2, 3], [3, 0], [1, 3]])
        return rng.normal(size=(4, 2)), 0.1 * rng.normal(size=(4, 2)), edges, rng.uniform(0.5, 1.5, 5), 2.0, 0.05, steps

    return make



OPTION = (1.0, 0.3, 0.05, 1.02)

CASES = [
    Case(horner, lambda rng: (rng.normal(size=4), 0.7), ("coefficients", "x")),
    Case(horner, lambda rng: ([0.3, -1.2], 0.7), ("coefficients", "x"), "list"),
    Case(horner, lambda rng: (rng.normal(size=0), 0.7), ("x",), "empty"),
    Case(counter, lambda rng: (1.5, rng.normal(size=4)), ("start", "rates")),
    Case(counter, lambda rng: (1.5, rng.normal(size=0)), ("start",), "empty"),
    Case(binomial_price, lambda rng: (*OPTION, 4), ("spot", "volatility", "rate", "strike")),
    Case(binomial_price, lambda rng: (*OPTION, 0), ("spot", "strike"), "no-steps"),
    Case(american_put, lambda rng: (*OPTION, 5), ("spot", "volatility", "rate", "strike")),
    Case(american_put, lambda rng: (*OPTION, 1), ("spot", "volatility"), "one"),
    Case(springs, net(4), ("x", "v", "rest", "stiffness", "dt")),
    Case(springs, net(1), ("x", "stiffness"), "one"),
    Case(soft_shortest_paths, lambda rng: (rng.normal(size=(4, 4)), 0.3), ("W", "gamma")),
    Case(soft_shortest_paths, lambda rng: (rng.normal(size=(1, 1)), 0.3), ("gamma",), "one"),
    Case(convolve, lambda rng: (rng.normal(size=(6, 7)), rng.normal(size=(3, 2)), 0.1), ("image", "kernel", "bias")),
    Case(convolve, lambda rng: (rng.normal(size=(3, 2)), rng.normal(size=(3, 2)), 0.1), ("image", "bias"), "one-window"),
    Case(histogram_moments, lambda rng: (rng.uniform(size=6), rng.normal(size=6), 4), ("x", "weights")),
    Case(histogram_moments, lambda rng: (rng.uniform(size=0), rng.normal(size=0), 4), ("x",), "empty"),
    Case(diamond_square, lambda rng: (rng.normal(size=4), 0.6, rng.normal(size=(5, 5))), ("corners", "roughness", "noise")),
    Case(diamond_square, lambda rng: (rng.normal(size=4), 0.6, rng.normal(size=(2, 2))), ("corners", "noise"), "no-midpoints"),
]
