"""Adjoints of some programs of `realistic.py` written by hand: the yardstick for memory.

Each as a careful numerical programmer would write it: what the reverse sweep reads is kept once, in arrays, and what
can be read from a final array is not kept at all. Each returns the value and the gradients in the order of `wrt`.
"""

from __future__ import annotations

import numpy as np


def thomas_loss(lower, diag, upper, rhs):
    n = len(diag)
    d = diag.copy()
    y = rhs.copy()
    for i in range(1, n):
        w = lower[i] / d[i - 1]
        d[i] -= w * upper[i - 1]
        y[i] -= w * y[i - 1]
    x = y.copy()
    x[n - 1] /= d[n - 1]
    for i in range(n - 2, -1, -1):
        x[i] = (x[i] - upper[i] * x[i + 1]) / d[i]
    value = np.sum(x**2)
    # reverse sweep
    x_bar = 2.0 * x
    lower_bar, d_bar, upper_bar = np.zeros_like(lower), np.zeros_like(diag), np.zeros_like(upper)
    for i in range(n - 1):
        x_bar[i] /= d[i]
        d_bar[i] = -x_bar[i] * x[i]
        upper_bar[i] = -x_bar[i] * x[i + 1]
        x_bar[i + 1] -= x_bar[i] * upper[i]
    x_bar[n - 1] /= d[n - 1]
    d_bar[n - 1] = -x_bar[n - 1] * x[n - 1]
    for i in range(n - 1, 0, -1):
        w = lower[i] / d[i - 1]
        w_bar = -d_bar[i] * upper[i - 1] - x_bar[i] * y[i - 1]
        upper_bar[i - 1] -= d_bar[i] * w
        x_bar[i - 1] -= x_bar[i] * w
        lower_bar[i] = w_bar / d[i - 1]
        d_bar[i - 1] -= w_bar * w / d[i - 1]
    return value, (lower_bar, d_bar, upper_bar, x_bar)


def fdtd(ez, hx, hy, eps, steps):
    ez, hx, hy = ez.copy(), hx.copy(), hy.copy()
    curls = []
    for t in range(steps):
        hx[:, :-1] -= 0.5 * (ez[:, 1:] - ez[:, :-1])
        hy[:-1, :] += 0.5 * (ez[1:, :] - ez[:-1, :])
        curl = hy[1:, 1:] - hy[:-1, 1:] - hx[1:, 1:] + hx[1:, :-1]
        curls.append(curl)
        ez[1:, 1:] += 0.5 / eps[1:, 1:] * curl
        ez[1, 1] += np.sin(0.3 * t)
    value = np.sum(ez**2) + 0.5 * np.sum(hx * hy)
    # reverse sweep
    ez_bar, hx_bar, hy_bar, eps_bar = 2.0 * ez, 0.5 * hy, 0.5 * hx, np.zeros_like(eps)
    while curls:
        rate = 0.5 / eps[1:, 1:]
        eps_bar[1:, 1:] -= ez_bar[1:, 1:] * curls.pop() * rate / eps[1:, 1:]
        rate *= ez_bar[1:, 1:]
        hx_bar[1:, :-1] += rate
        hx_bar[1:, 1:] -= rate
        hy_bar[1:, 1:] += rate
        hy_bar[:-1, 1:] -= rate
        half = 0.5 * hy_bar[:-1]
        ez_bar[1:] += half
        ez_bar[:-1] -= half
        half = 0.5 * hx_bar[:, :-1]
        ez_bar[:, 1:] -= half
        ez_bar[:, :-1] += half
    return value, (ez_bar, hx_bar, hy_bar, eps_bar)


def heat3d(u, kappa, dt, steps):
    u = u.copy()
    laplacians = []
    for _ in range(steps):
        lap = (
            u[2:, 1:-1, 1:-1]
            + u[:-2, 1:-1, 1:-1]
            + u[1:-1, 2:, 1:-1]
            + u[1:-1, :-2, 1:-1]
            + u[1:-1, 1:-1, 2:]
            + u[1:-1, 1:-1, :-2]
            - 6.0 * u[1:-1, 1:-1, 1:-1]
        )
        laplacians.append(lap)
        u[1:-1, 1:-1, 1:-1] += dt * kappa * lap
    value = np.mean(u**2)
    # reverse sweep
    u_bar = 2.0 / u.size * u
    kappa_bar = 0.0
    while laplacians:
        lap_bar = u_bar[1:-1, 1:-1, 1:-1] * dt
        kappa_bar += np.sum(lap_bar * laplacians.pop())
        lap_bar *= kappa
        u_bar[2:, 1:-1, 1:-1] += lap_bar
        u_bar[:-2, 1:-1, 1:-1] += lap_bar
        u_bar[1:-1, 2:, 1:-1] += lap_bar
        u_bar[1:-1, :-2, 1:-1] += lap_bar
        u_bar[1:-1, 1:-1, 2:] += lap_bar
        u_bar[1:-1, 1:-1, :-2] += lap_bar
        lap_bar *= 6.0
        u_bar[1:-1, 1:-1, 1:-1] -= lap_bar
    return value, (u_bar, kappa_bar)


def swapped_buffers(u, speed, steps):
    a = u.copy()
    levels = []
    for _ in range(steps):
        b = np.empty_like(a)
        b[0] = a[-1]
        b[1:] = a[1:] - speed * a[1:] * (a[1:] - a[:-1])
        levels.append(a)
        a = b
    value = np.sum(a**2) + (a[0] * levels[-1][-1] if steps else 0.0)
    # reverse sweep
    a_bar = 2.0 * a
    speed_bar = 0.0
    if steps:
        a_bar[0] += levels[-1][-1]
    before_last = a[0]
    b_bar = np.empty_like(a)
    for k in range(steps):
        a = levels.pop()
        difference = a[1:] - a[:-1]
        flux_bar = a_bar[1:] * a[1:]
        speed_bar -= np.sum(flux_bar * difference)
        flux_bar *= speed
        b_bar[0] = 0.0
        b_bar[1:] = a_bar[1:] * (1.0 - speed * difference) - flux_bar
        b_bar[:-1] += flux_bar
        b_bar[-1] += a_bar[0] + (before_last if k == 0 else 0.0)
        a_bar, b_bar = b_bar, a_bar
    return value, (a_bar, speed_bar)


def vertical_advection(w, u, dt):
    levels = u.shape[0]
    c, d = np.empty_like(u), np.empty_like(u)
    divided = np.empty_like(u)
    for k in range(levels):
        gav = -0.25 * w[k] if k > 0 else 0.0
        gcv = 0.25 * w[k + 1] if k < levels - 1 else 0.0
        b = 1.0 / dt - gav - gcv
        above = c[k - 1] if k > 0 else 0.0
        divided[k] = 1.0 / (b - above * gav)
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
