"""Gradients of the workloads written by hand: the yardstick of every measurement.

Each as a careful numerical programmer would write it, with and without the value. Where the reverse sweep
needs the forward sweep anyway, the value costs nothing; where it does not (straight lines, linear stencils),
the gradient alone has no forward sweep.
"""

from __future__ import annotations

import math

import numpy as np


def product_grad(w1, w2, product_bar=1.0):
    w1_bar = product_bar * w2 + product_bar * np.cos(w1)
    w2_bar = product_bar * w1
    return w1_bar, w2_bar


def product_value_and_grad(w1, w2, product_bar=1.0):
    value = w1 * w2 + np.sin(w1)
    w1_bar = product_bar * w2 + product_bar * np.cos(w1)
    w2_bar = product_bar * w1
    return value, (w1_bar, w2_bar)


def black_scholes_value_and_grad(spot, strike, rate, volatility, time, black_scholes_bar=1.0):
    root_time = math.sqrt(time)
    root = volatility * root_time
    numerator = math.log(spot / strike) + (rate + 0.5 * volatility**2) * time
    d1 = numerator / root
    d2 = d1 - root
    z1 = d1 / math.sqrt(2.0)
    z2 = d2 / math.sqrt(2.0)
    n1 = 0.5 * (1.0 + math.erf(z1))
    n2 = 0.5 * (1.0 + math.erf(z2))
    discounted = strike * math.exp(-rate * time)
    value = spot * n1 - discounted * n2
    # reverse sweep
    density = 1.0 / math.sqrt(2.0 * math.pi)
    d2_bar = -black_scholes_bar * discounted * density * math.exp(-(z2**2))
    d1_bar = black_scholes_bar * spot * density * math.exp(-(z1**2)) + d2_bar
    root_bar = -d2_bar - d1_bar * d1 / root
    numerator_bar = d1_bar / root
    spot_bar = black_scholes_bar * n1 + numerator_bar / spot
    volatility_bar = numerator_bar * time * volatility + root_bar * root_time
    return value, (spot_bar, volatility_bar)


def black_scholes_grad(spot, strike, rate, volatility, time, black_scholes_bar=1.0):
    root_time = math.sqrt(time)
    root = volatility * root_time
    numerator = math.log(spot / strike) + (rate + 0.5 * volatility**2) * time
    d1 = numerator / root
    d2 = d1 - root
    z1 = d1 / math.sqrt(2.0)
    z2 = d2 / math.sqrt(2.0)
    n1 = 0.5 * (1.0 + math.erf(z1))
    discounted = strike * math.exp(-rate * time)
    # reverse sweep
    density = 1.0 / math.sqrt(2.0 * math.pi)
    d2_bar = -black_scholes_bar * discounted * density * math.exp(-(z2**2))
    d1_bar = black_scholes_bar * spot * density * math.exp(-(z1**2)) + d2_bar
    root_bar = -d2_bar - d1_bar * d1 / root
    numerator_bar = d1_bar / root
    spot_bar = black_scholes_bar * n1 + numerator_bar / spot
    volatility_bar = numerator_bar * time * volatility + root_bar * root_time
    return spot_bar, volatility_bar


def logistic_value_and_grad(r, x, n, logistic_bar=1.0):
    # forward sweep
    x_tape = []
    for _ in range(n):
        x_tape.append(x)
        x = r * x * (1.0 - x)
    value = x
    # reverse sweep
    x_bar = logistic_bar
    r_bar = 0.0
    for x in reversed(x_tape):
        rx_bar = x_bar * (1.0 - x)
        r_bar += rx_bar * x
        x_bar = rx_bar * r - x_bar * (r * x)
    return value, (r_bar, x_bar)


def logistic_grad(r, x, n, logistic_bar=1.0):
    return logistic_value_and_grad(r, x, n, logistic_bar)[1]


def layer_loss_value_and_grad(W, b, x, layer_loss_bar=1.0):
    h = np.tanh(x @ W + b)
    value = np.sum(h**2)
    # reverse sweep
    h_bar = layer_loss_bar * (2.0 * h)
    z_bar = h_bar * (1.0 - h**2)
    W_bar = x.T @ z_bar
    b_bar = z_bar.sum(axis=0)
    return value, (W_bar, b_bar)


def layer_loss_grad(W, b, x, layer_loss_bar=1.0):
    h = np.tanh(x @ W + b)
    # reverse sweep
    h_bar = layer_loss_bar * (2.0 * h)
    z_bar = h_bar * (1.0 - h**2)
    W_bar = x.T @ z_bar
    b_bar = z_bar.sum(axis=0)
    return W_bar, b_bar


def mlp_loss_value_and_grad(W1, b1, W2, b2, x, t, mlp_loss_bar=1.0):
    h = np.tanh(x @ W1 + b1)
    residual = h @ W2 + b2 - t
    value = np.mean(residual**2)
    # reverse sweep
    y_bar = (2.0 * mlp_loss_bar / residual.size) * residual
    W2_bar = h.T @ y_bar
    b2_bar = y_bar.sum(axis=0)
    z_bar = (y_bar @ W2.T) * (1.0 - h**2)
    W1_bar = x.T @ z_bar
    b1_bar = z_bar.sum(axis=0)
    return value, (W1_bar, b1_bar, W2_bar, b2_bar)


def mlp_loss_grad(W1, b1, W2, b2, x, t, mlp_loss_bar=1.0):
    h = np.tanh(x @ W1 + b1)
    residual = h @ W2 + b2 - t
    # reverse sweep
    y_bar = (2.0 * mlp_loss_bar / residual.size) * residual
    W2_bar = h.T @ y_bar
    b2_bar = y_bar.sum(axis=0)
    z_bar = (y_bar @ W2.T) * (1.0 - h**2)
    W1_bar = x.T @ z_bar
    b1_bar = z_bar.sum(axis=0)
    return W1_bar, b1_bar, W2_bar, b2_bar


def smooth_grad(u, steps, smooth_bar=1.0):
    u_bar = np.full_like(u, smooth_bar)
    for _ in range(steps):
        mean_bar = u_bar[1:-1] / 3.0
        u_bar[1:-1] = 0.0
        u_bar[:-2] += mean_bar
        u_bar[1:-1] += mean_bar
        u_bar[2:] += mean_bar
    return u_bar


def smooth_value_and_grad(u, steps, smooth_bar=1.0):
    u = u.copy()
    for _ in range(steps):
        u[1:-1] = (u[:-2] + u[1:-1] + u[2:]) / 3.0
    return u.sum(), smooth_grad(u, steps, smooth_bar)


def burgers_value_and_grad(u, dt, steps, burgers_bar=1.0):
    u = u.copy()
    # forward sweep
    u_tape = []
    for _ in range(steps):
        u_tape.append(u[1:].copy())
        u[1:] -= dt * u[1:] * (u[1:] - u[:-1])
    value = np.sum(u**2)
    # reverse sweep
    u_bar = burgers_bar * (2.0 * u)
    for saved in reversed(u_tape):
        u[1:] = saved
        flux_bar = -(dt * u_bar[1:])
        difference_bar = flux_bar * u[1:]
        u_bar[1:] += flux_bar * (u[1:] - u[:-1])
        u_bar[1:] += difference_bar
        u_bar[:-1] -= difference_bar
    return value, u_bar


def burgers_grad(u, dt, steps, burgers_bar=1.0):
    u = u.copy()
    # forward sweep
    u_tape = []
    for _ in range(steps):
        u_tape.append(u[1:].copy())
        u[1:] -= dt * u[1:] * (u[1:] - u[:-1])
    # reverse sweep
    u_bar = burgers_bar * (2.0 * u)
    for saved in reversed(u_tape):
        u[1:] = saved
        flux_bar = -(dt * u_bar[1:])
        difference_bar = flux_bar * u[1:]
        u_bar[1:] += flux_bar * (u[1:] - u[:-1])
        u_bar[1:] += difference_bar
        u_bar[:-1] -= difference_bar
    return u_bar


def seidel_grad(A, steps, seidel_bar=1.0):
    n = len(A)
    A_bar = np.full_like(A, seidel_bar)
    for _ in range(steps):
        for i in reversed(range(1, n - 1)):
            for j in reversed(range(1, n - 1)):
                mean_bar = A_bar[i, j] / 5.0
                A_bar[i, j] = 0.0
                A_bar[i - 1, j] += mean_bar
                A_bar[i, j - 1] += mean_bar
                A_bar[i, j] += mean_bar
                A_bar[i, j + 1] += mean_bar
                A_bar[i + 1, j] += mean_bar
    return A_bar


def seidel_value_and_grad(A, steps, seidel_bar=1.0):
    A = A.copy()
    n = len(A)
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i, j] = (A[i - 1, j] + A[i, j - 1] + A[i, j] + A[i, j + 1] + A[i + 1, j]) / 5.0
    return A.sum(), seidel_grad(A, steps, seidel_bar)
