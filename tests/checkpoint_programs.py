"""Programs with checkpointed loops and functions. `tests/test_checkpoints.py` differentiates them with and without the marks."""

from __future__ import annotations

import numpy as np

from s2sad import checkpoint, checkpointed


def helper(u, k):
    for _ in range(2):
        u = np.tanh(u * k)
    return u


def stores_captured(x, k, n):
    a = x * 1.0
    for t in checkpointed(range(n), slots=2):
        a[t % 3] = a[(t + 1) % 3] * k + np.sin(a[t % 3])
        a *= 1.01
    return np.sum(a**2)


def stores_arg(x, k, n):
    for t in checkpointed(range(n), slots=2):
        x[t % 3] += x[(t + 1) % 3] * k
    return np.sum(x**2)


def fresh_array(x, k, n):
    u = x
    for t in checkpointed(range(n), slots=2):
        new = np.zeros_like(u)
        for i in range(1, len(u) - 1):
            new[i] = u[i] + k * (u[i - 1] - 2 * u[i] + u[i + 1]) * u[i]
        new[0] = u[0]
        new[-1] = u[-1]
        u = new
    return np.sum(u**3)


def carried_stored_inplace(x, k, n):
    u = x.copy()
    for t in checkpointed(range(n), slots=2):
        u[0] = u[1] * k
        u = u * u
        u[1] += k
    return np.sum(u)


def alias_of_init(x, k, n):
    a = x * 2.0
    u = a
    for t in checkpointed(range(n), slots=2):
        u[0] += 1.5 * u[1]
        u = u * k
    return np.sum(u * a) + a[0] ** 2


def trajectory(x, k, n):
    y = np.zeros(n + 1)
    y[0] = x[0]
    for t in checkpointed(range(n), slots=3):
        y[t + 1] = y[t] + k * np.sin(y[t]) * x[t % 3]
    return np.sum(y**2)


def forcing(x, k, n):
    s = 1.0
    for t in checkpointed(range(n), slots=1):
        s = s * np.cos(k * s) + x[t % 3]
    return s


def nested_plain_inner(x, k, n):
    s = 1.0
    for t in checkpointed(range(n), slots=2):
        for j in range(3):
            s = s * np.cos(k * s) + x[j] * t
            if s > 1.0:
                s = s / 2
    return s


def nested_both(x, k, n):
    s = 1.0
    v = x * 1.0
    for t in checkpointed(range(n), slots=2):
        for j in checkpointed(range(n), slots=1):
            s = s * np.cos(k * s) + v[j % 3]
            v[j % 3] = np.sin(v[j % 3]) * s
        v *= k
    return s + np.sum(v**2)


def in_plain(x, k, n):
    s = 1.0
    v = x * 1.0
    for t in range(n):
        w = v[t % 3] * s
        for j in checkpointed(range(t + 2), slots=2):
            s = s * np.cos(k * w)
            v[j % 3] = np.sin(v[j % 3]) * s
        v *= k
    return s + np.sum(v**2)


def in_branch(x, k, n):
    s = k * 1.0
    if n > 1:
        w = s * s
        for j in checkpointed(range(n), slots=2):
            s = s * np.cos(w) + x[0]
    else:
        s = s * x[1]
    return s * s


def in_helper(x, k, n):
    def run(u):
        for j in checkpointed(range(n), slots=2):
            u = np.sin(u) * k
        return u

    return np.sum(run(run(x) * 2) * x)


def reuse_after(x, k, n):
    u = x * 1.0
    v = u[0]
    for j in checkpointed(range(n), slots=2):
        u[0] = u[1] * v
        v = v * k + u[0]
        w = v * 2
    u[0] = u[0] ** 2
    return np.sum(u) * v * v + (w if n else 0.0)


def first_set(x, k, n):
    for j in checkpointed(range(n + 1), slots=2):
        w = k * j * x
        k = k * np.cos(k)
    return np.sum(w**2) * k


def stride(x, k, n):
    for j in checkpointed(range(2 * n, -1, -2), slots=2):
        x = x * np.cos(k * j)
    return np.sum(x)


def over_array(x, k, n):
    s = 0.5
    for v in checkpointed(x, slots=2):
        s = s * v + np.sin(k * s)
    return s


def view_in_body(x, k, n):
    m = np.outer(x, x)
    for t in checkpointed(range(n), slots=2):
        row = m[t % 3]
        row *= k
        m[:, 0] += row
    return np.sum(m**2)


def call_helper(x, k, n):
    h = checkpoint(helper)
    s = 0.0
    for t in range(n):
        x = h(x, k) * x
        s += np.sum(x)
    return s


@checkpoint
def stash(a, k):
    t = a[0] * k
    a[0] = np.sin(a[1]) * t
    a[1] = a[0] * a[2]
    return t * a[0]


def call_store(x, k, n):
    a = x * 1.0
    s = 0.0
    for t in range(n):
        s += stash(a, k) * a[0]
        a *= 1.1
    return s + np.sum(a**2)


@checkpoint
def part_march(x, k, n):
    for t in range(n):
        x = np.sin(x) * k
        if x[0] > 0.1:
            x = x * x
    return x, k * x[0]


def returned_and_stored(x, k, n):
    y, z = part_march(x, k, n)
    y[0] = y[1] * z
    w = part_march(y, z, n)[0]
    return np.sum(w * y)


def call_nested(x, k, n):
    @checkpoint
    def outer(u):
        return part_march(u, k, n)[0] * u

    return np.sum(outer(x))


def loop_ck(x, k, n):
    for t in checkpointed(range(n), slots=2):
        x = part_march(x, k, 2)[0]
    return np.sum(x)


def call_loop(x, k, n):
    @checkpoint
    def body(u):
        for t in checkpointed(range(n), slots=2):
            u = np.sin(u) * k
        return u

    for i in range(2):
        x = body(x) + x
    return np.sum(x)


def trystep(x, k, n):
    for t in checkpointed(range(n), slots=2):
        try:
            if x[0] > 0.5:
                raise ValueError
            x = x * k
        except ValueError:
            x = np.cos(x) * k
    return np.sum(x)


def list_inside(x, k, n):
    for t in checkpointed(range(n), slots=2):
        parts = []
        for i in range(3):
            parts.append(x[i] * k)
        x = np.array(parts) * x
    return np.sum(x)


def float32ish(x, k, n):
    u = x.astype(np.float32)
    for t in checkpointed(range(n), slots=2):
        u = np.sin(u) * np.float32(1.5)
    return np.sum(u) * k


def zipped(x, k, n):
    s = k
    for i, (a, b) in checkpointed(enumerate(zip(x, x[::-1])), slots=2):
        s = np.sin(s * a) + b * i
    return s


def intstate(x, k, n):
    c = 0
    for t in checkpointed(range(n), slots=2):
        if x[0] > 0.25:
            c += 1
        x = x * np.cos(k * c)
    return np.sum(x) * c


def const_swap(x, k, n):
    u = x
    v = x * k
    for t in checkpointed(range(n), slots=2):
        u, v = v * k, u * v
    return np.sum(u * v)


def whole_out(x, k, n):
    u = x * 1.0
    b = np.zeros(3)
    for t in checkpointed(range(n), slots=2):
        np.multiply(u, u, out=b)
        u[:] = b + k * u
    return np.sum(u)
