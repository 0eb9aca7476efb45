"""Hidden states: forward-backward and Viterbi with tables, a particle filter with fixed noise, Metropolis chains."""

import math

import numpy as np

from tests.programs.case import Case


def log_normal(x, mean, scale):
    return -0.5 * ((x - mean) / scale) ** 2 - np.log(scale) - 0.5 * math.log(2.0 * math.pi)


def forward_backward(transition, initial, means, xs):
    """Scaled tables, filled row by row forwards and backwards; the expected squared distance to the means."""
    steps, k = len(xs), len(means)
    emission = np.empty((steps, k))
    for t in range(steps):
        emission[t] = np.exp(log_normal(xs[t], means, 1.0))
    alpha = np.zeros((steps, k))
    beta = np.ones((steps, k))
    scale = np.zeros(steps)
    alpha[0] = initial * emission[0]
    scale[0] = alpha[0].sum()
    alpha[0] /= scale[0]
    for t in range(1, steps):
        alpha[t] = (alpha[t - 1] @ transition) * emission[t]
        scale[t] = alpha[t].sum()
        alpha[t] /= scale[t]
    for t in range(steps - 2, -1, -1):
        beta[t] = transition @ (emission[t + 1] * beta[t + 1]) / scale[t + 1]
    gamma = alpha * beta
    gamma /= gamma.sum(axis=1, keepdims=True)
    return np.sum(gamma * (xs[:, None] - means) ** 2) - np.sum(np.log(scale))


def viterbi(log_transition, log_initial, means, xs):
    """The best path's score, the path traced back through a table of pointers and scored again."""
    steps, k = len(xs), len(means)
    score = np.full((steps, k), -np.inf)
    back = np.zeros((steps, k), dtype=int)
    score[0] = log_initial + log_normal(xs[0], means, 0.5)
    for t in range(1, steps):
        for j in range(k):
            options = score[t - 1] + log_transition[:, j]
            back[t, j] = np.argmax(options)
            score[t, j] = options[back[t, j]] + log_normal(xs[t], means[j], 0.5)
    path = [int(np.argmax(score[-1]))]
    for t in range(steps - 1, 0, -1):
        path.append(back[t, path[-1]])
    path.reverse()
    residual = 0.0
    for t, j in enumerate(path):
        residual += (xs[t] - means[j]) ** 2
    return score[-1].max() + residual


def particle_filter(drift, spread, ys, noise, every):
    """Weights normalised in place; resampling by fixed positions every so many steps."""
    n = noise.shape[1]
    particles = noise[0].copy()
    log_w = np.full(n, -math.log(n))
    total = 0.0
    for t, y in enumerate(ys, start=1):
        particles *= drift
        particles += spread * noise[t]
        log_w += log_normal(y, particles, 0.7)
        top = log_w.max()
        lse = top + np.log(np.sum(np.exp(log_w - top)))
        total += lse
        log_w -= lse
        if t % every == 0:
            positions = (np.arange(n) + 0.5) / n
            chosen = np.searchsorted(np.cumsum(np.exp(log_w)), positions)
            particles = particles[np.minimum(chosen, n - 1)]
            log_w[:] = -math.log(n)
    return total + np.sum(np.exp(log_w) * particles)


def metropolis(x, width, scale, moves, levels):
    """A chain with fixed moves: a proposal that is not accepted leaves the state as it was."""
    energy = np.sum(x**4)
    trace = np.zeros(len(moves) + 1)
    trace[0] = energy
    for k, move in enumerate(moves):
        proposal = x.copy()
        proposal[k % len(x)] += width * move
        new = np.sum(proposal**4) / scale
        if math.log(levels[k]) > energy - new:
            trace[k + 1] = trace[k]
            continue
        x, energy = proposal, new
        trace[k + 1] = energy
    return trace.mean()


def hmm(k, steps):
    def make(rng):
        table = rng.uniform(0.2, 1.0, size=(k, k))
        return table / table.sum(axis=1, keepdims=True), np.full(k, 1.0 / k), rng.normal(size=k), rng.normal(size=steps)

    return make


def particles(n, steps, every):
    return lambda rng: (0.9, 0.4, rng.normal(size=steps), rng.normal(size=(steps + 1, n)), every)


def chain(n):
    return lambda rng: (rng.normal(size=3), 0.5, 1.1, rng.normal(size=n), rng.uniform(size=n))



CASES = [
    Case(forward_backward, hmm(3, 4), ("transition", "initial", "means", "xs")),
    Case(forward_backward, hmm(2, 1), ("initial", "means", "xs"), "one"),
    Case(viterbi, hmm(3, 5), ("log_transition", "log_initial", "means", "xs")),
    Case(viterbi, hmm(1, 1), ("log_initial", "means", "xs"), "one"),
    Case(particle_filter, particles(5, 4, 2), ("drift", "spread", "ys", "noise")),
    Case(particle_filter, particles(1, 1, 3), ("drift", "spread"), "one"),
    Case(particle_filter, particles(3, 0, 1), ("drift", "noise"), "no-data"),
    Case(metropolis, chain(8), ("x", "width", "scale")),
    Case(metropolis, chain(1), ("x", "width"), "one"),
    Case(metropolis, chain(0), ("x",), "no-moves"),
]
