"""Implicit advection in columns: a tridiagonal system in each, eliminated downwards and substituted upwards."""

from __future__ import annotations

import numpy as np

from .case import Workload


def vertical_advection(w, u, dt):
    levels = u.shape[0]
    ccol = np.zeros_like(u)
    dcol = np.zeros_like(u)
    for k in range(levels):
        gav = -0.25 * w[k] if k > 0 else np.zeros_like(w[0])
        gcv = 0.25 * w[k + 1] if k < levels - 1 else np.zeros_like(w[0])
        bcol = 1.0 / dt - gav - gcv
        ccol[k] = gcv
        dcol[k] = u[k] / dt
        if k > 0:
            divided = 1.0 / (bcol - ccol[k - 1] * gav)
            ccol[k] *= divided
            dcol[k] = (dcol[k] - dcol[k - 1] * gav) * divided
        else:
            ccol[k] /= bcol
            dcol[k] /= bcol
    out = np.empty_like(u)
    out[-1] = dcol[-1]
    for k in reversed(range(levels - 1)):
        out[k] = dcol[k] - ccol[k] * out[k + 1]
    return np.sum((out - u) ** 2) + np.sum(out**3)


def by_hand(w, u, dt):
    levels = u.shape[0]
    c, d, divided = np.empty_like(u), np.empty_like(u), np.empty_like(u)
    for k in range(levels):
        gav = -0.25 * w[k] if k > 0 else 0.0
        gcv = 0.25 * w[k + 1] if k < levels - 1 else 0.0
        above = c[k - 1] if k > 0 else 0.0
        divided[k] = 1.0 / (1.0 / dt - gav - gcv - above * gav)
        c[k] = gcv * divided[k]
        d[k] = (u[k] / dt - (d[k - 1] if k > 0 else 0.0) * gav) * divided[k]
    out = d.copy()
    for k in range(levels - 2, -1, -1):
        out[k] -= c[k] * out[k + 1]
    value = np.sum((out - u) ** 2) + np.sum(out**3)
    # reverse sweep
    u_bar = 2.0 * (u - out)
    d_bar = 3.0 * out**2
    d_bar -= u_bar
    w_bar, c_bar = np.zeros_like(w), np.zeros_like(u)
    for k in range(levels - 1):
        c_bar[k] = -d_bar[k] * out[k + 1]
        d_bar[k + 1] -= d_bar[k] * c[k]
    for k in range(levels - 1, -1, -1):
        gav = -0.25 * w[k] if k > 0 else 0.0
        b_bar = -(d_bar[k] * d[k] + c_bar[k] * c[k]) * divided[k]
        numerator_bar = d_bar[k] * divided[k]
        u_bar[k] += numerator_bar / dt
        if k < levels - 1:
            w_bar[k + 1] += 0.25 * (c_bar[k] * divided[k] - b_bar)
        if k > 0:
            gav_bar = -numerator_bar * d[k - 1] - b_bar * c[k - 1] - b_bar
            d_bar[k - 1] -= numerator_bar * gav
            c_bar[k - 1] -= b_bar * gav
            w_bar[k] -= 0.25 * gav_bar
    return value, (w_bar, u_bar)


def by_hand_numba(w, u, dt):
    """The same with loops along the rows, where whatever is not kept stays in registers."""
    levels, n = u.shape
    c, d, divided = np.empty_like(u), np.empty_like(u), np.empty_like(u)
    for k in range(levels):
        for i in range(n):
            gav = -0.25 * w[k, i] if k > 0 else 0.0
            gcv = 0.25 * w[k + 1, i] if k < levels - 1 else 0.0
            above, before = (c[k - 1, i], d[k - 1, i]) if k > 0 else (0.0, 0.0)
            r = 1.0 / (1.0 / dt - gav - gcv - above * gav)
            divided[k, i] = r
            c[k, i] = gcv * r
            d[k, i] = (u[k, i] / dt - before * gav) * r
    out, u_bar, d_bar = d.copy(), np.empty_like(u), np.empty_like(u)
    value = 0.0
    for k in range(levels - 1, -1, -1):
        for i in range(n):
            if k < levels - 1:
                out[k, i] -= c[k, i] * out[k + 1, i]
            o = out[k, i]
            value += (o - u[k, i]) ** 2 + o**3
            u_bar[k, i] = 2.0 * (u[k, i] - o)
            d_bar[k, i] = 3.0 * o * o - u_bar[k, i]
    # reverse sweep
    w_bar, c_bar = np.zeros_like(w), np.zeros_like(u)
    for k in range(levels - 1):
        for i in range(n):
            c_bar[k, i] = -d_bar[k, i] * out[k + 1, i]
            d_bar[k + 1, i] -= d_bar[k, i] * c[k, i]
    for k in range(levels - 1, -1, -1):
        for i in range(n):
            gav = -0.25 * w[k, i] if k > 0 else 0.0
            b_bar = -(d_bar[k, i] * d[k, i] + c_bar[k, i] * c[k, i]) * divided[k, i]
            numerator_bar = d_bar[k, i] * divided[k, i]
            u_bar[k, i] += numerator_bar / dt
            if k < levels - 1:
                w_bar[k + 1, i] += 0.25 * (c_bar[k, i] * divided[k, i] - b_bar)
            if k > 0:
                gav_bar = -numerator_bar * d[k - 1, i] - b_bar * c[k - 1, i] - b_bar
                d_bar[k - 1, i] -= numerator_bar * gav
                c_bar[k - 1, i] -= b_bar * gav
                w_bar[k, i] -= 0.25 * gav_bar
    return value, (w_bar, u_bar)


def functional(np):
    """No stores: lists of rows."""

    def vertical_advection(w, u, dt):
        levels = u.shape[0]
        nothing = np.zeros_like(u[0])
        above, before = nothing, nothing
        c, d = [], []
        for k in range(levels):
            gav = -0.25 * w[k] if k > 0 else nothing
            gcv = 0.25 * w[k + 1] if k < levels - 1 else nothing
            divided = 1.0 / (1.0 / dt - gav - gcv - above * gav)
            above, before = gcv * divided, (u[k] / dt - before * gav) * divided
            c.append(above)
            d.append(before)
        row = d[-1]
        value = np.sum((row - u[-1]) ** 2) + np.sum(row**3)
        for k in reversed(range(levels - 1)):
            row = d[k] - c[k] * row
            value = value + np.sum((row - u[k]) ** 2) + np.sum(row**3)
        return value

    return vertical_advection


def for_jax(jax):
    np = jax.numpy

    def vertical_advection(w, u, dt):
        nothing = np.zeros_like(u[:1])
        gavs = np.concatenate([nothing, -0.25 * w[1:]])
        gcvs = np.concatenate([0.25 * w[1:], nothing])

        def eliminate(state, row):
            above, before = state
            gav, gcv, u_k = row
            divided = 1.0 / (1.0 / dt - gav - gcv - above * gav)
            c, d = gcv * divided, (u_k / dt - before * gav) * divided
            return (c, d), (c, d)

        def substitute(below, row):
            out = row[1] - row[0] * below
            return out, out

        _, rows = jax.lax.scan(eliminate, (nothing[0], nothing[0]), (gavs, gcvs, u))
        _, out = jax.lax.scan(substitute, nothing[0], rows, reverse=True)
        return np.sum((out - u) ** 2) + np.sum(out**3)

    return vertical_advection


def workloads() -> list[Workload]:
    rng = np.random.default_rng(12)
    args = (rng.normal(size=(60, 1000)), rng.normal(size=(60, 1000)), 0.1)
    return [Workload(vertical_advection, "60 × 1,000", args, ("w", "u"), "arrays")]
