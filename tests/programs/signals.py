"""Signals sample by sample: biquad filters, a delay line in a ring buffer, running sums, prefix scans."""

import numpy as np

from tests.programs.case import Case


def iir(b, a, x):
    """Direct form II transposed, as `scipy.signal.lfilter` has it: the state shifted by one each sample."""
    b, a = b / a[0], a / a[0]
    state = np.zeros(len(b))
    y = np.empty_like(x)
    for n, sample in enumerate(x):
        y[n] = b[0] * sample + state[0]
        for k in range(len(state) - 1):
            state[k] = state[k + 1] + b[k + 1] * sample - a[k + 1] * y[n]
    return y


def iir_loss(b, a, x, target):
    return np.mean((iir(b, a, x) - target) ** 2)


class Biquad:
    """A second-order section that filters a block in place and keeps its two states between blocks."""

    def __init__(self, f0, q):
        w = 2.0 * np.pi * f0
        alpha = np.sin(w) / (2.0 * q)
        self.b = np.array([1.0 - np.cos(w), 2.0 - 2.0 * np.cos(w), 1.0 - np.cos(w)]) / (2.0 + 2.0 * alpha)
        self.a = np.array([1.0 + alpha, -2.0 * np.cos(w), 1.0 - alpha]) / (1.0 + alpha)
        self.z = [0.0, 0.0]

    def process(self, block):
        b, a, z = self.b, self.a, self.z
        for n in range(len(block)):
            x = block[n]
            y = b[0] * x + z[0]
            z[0] = b[1] * x - a[1] * y + z[1]
            z[1] = b[2] * x - a[2] * y
            block[n] = y


def cascade_energy(x, f0, q, size):
    """Two sections one after the other, the signal in blocks that are views of one array."""
    out = x.copy()
    sections = [Biquad(f0, q), Biquad(0.5 * f0, q)]
    for start in range(0, len(out), size):
        block = out[start : start + size]
        for section in sections:
            section.process(block)
    return np.sum(out**2)


def echo(x, gain, delay):
    """Feedback delay: a ring buffer that is written where it was just read."""
    ring = np.zeros(delay)
    out = []
    for i, sample in enumerate(x):
        y = sample + gain * np.tanh(ring[i % delay])
        ring[i % delay] = y
        out.append(y)
    return sum(y * y for y in out)


def moving_variance(x, width):
    """Rolling window with running sums; the oldest sample leaves the ring as the newest enters."""
    window = np.zeros(width)
    total, squares, result = 0.0, 0.0, 0.0
    for i in range(len(x)):
        old = window[i % width]
        window[i % width] = x[i]
        total += x[i] - old
        squares += x[i] ** 2 - old**2
        if i >= width - 1:
            result += np.sqrt(squares / width - (total / width) ** 2 + 1e-2)
    return result


def hillis_steele(x, decay):
    """Inclusive scan by doubling strides, a weighted one, in place with a copy of the old values."""
    y = x.copy()
    shift, weight = 1, decay
    while shift < len(y):
        old = y.copy()
        y[shift:] += weight * old[:-shift]
        shift, weight = 2 * shift, weight * weight
    return np.sum(y**2)


def blelloch(x):
    """Exclusive scan of products: up and down a tree, the tree in strided slices of one array."""
    tree = np.array(x)
    n = len(tree)
    step = 1
    while step < n:
        tree[2 * step - 1 :: 2 * step] *= tree[step - 1 :: 2 * step]
        step *= 2
    tree[-1] = 1.0
    while step > 1:
        step //= 2
        left = tree[step - 1 :: 2 * step].copy()
        tree[step - 1 :: 2 * step] = tree[2 * step - 1 :: 2 * step]
        tree[2 * step - 1 :: 2 * step] *= left
    return np.sum(np.sin(tree) * x)


def shaped_spectrum(gain, phase, x):
    """A spectrum built from its real and imaginary parts, which are stored to as views."""
    z = np.zeros(len(gain), dtype=complex)
    z.real[:] = gain * np.cos(phase)
    z.imag[:] = gain * np.sin(phase)
    z *= np.fft.fft(x)
    z[0] = z.imag[-1]
    y = np.fft.ifft(z)
    return np.sum(y.real**2) + np.sum(y.imag * x)


def second_order(n):
    def make(rng):
        return rng.normal(size=3), np.array([1.3, -0.4, 0.2]), rng.normal(size=n), rng.normal(size=n)

    return make


def ints_after(n, *rest):
    return lambda rng: (rng.normal(size=n), *rest)


CASES = [
    Case(iir_loss, second_order(6), ("b", "a", "x", "target")),
    Case(iir_loss, second_order(1), ("b", "a", "x"), "one"),
    Case(cascade_energy, ints_after(7, 0.1, 0.7, 3), ("x", "f0", "q")),
    Case(cascade_energy, ints_after(4, 0.1, 0.7, 4), ("x", "f0"), "one-block"),
    Case(cascade_energy, ints_after(0, 0.1, 0.7, 4), ("x", "q"), "empty"),
    Case(echo, ints_after(7, 0.6, 3), ("x", "gain")),
    Case(echo, ints_after(5, 0.6, 1), ("x", "gain"), "delay-one"),
    Case(echo, ints_after(2, 0.6, 4), ("x", "gain"), "shorter-than-delay"),
    Case(moving_variance, ints_after(7, 3), ("x",)),
    Case(moving_variance, ints_after(3, 3), ("x",), "one-window"),
    Case(moving_variance, ints_after(2, 3), ("x",), "no-window"),
    Case(shaped_spectrum, lambda rng: tuple(rng.normal(size=(3, 5))), ("gain", "phase", "x")),
    Case(shaped_spectrum, lambda rng: tuple(rng.normal(size=(3, 1))), ("gain", "phase"), "one"),
    Case(hillis_steele, ints_after(6, 0.8), ("x", "decay")),
    Case(hillis_steele, ints_after(1, 0.8), ("x", "decay"), "one"),
    Case(blelloch, ints_after(8), ("x",)),
    Case(blelloch, ints_after(2), ("x",), "two"),
    Case(blelloch, ints_after(1), ("x",), "one"),
]
