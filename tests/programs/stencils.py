"""Stencils in place: Jacobi, Gauss-Seidel, heat in 3D, and an explicit scheme that swaps two buffers."""

import numpy as np

from tests.programs.case import Case


def jacobi(u, f, steps):
    u = u.copy()
    for _ in range(steps):
        u[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - f[1:-1, 1:-1])
    return np.sum(u**2)


def gauss_seidel(A, b, steps):
    """Solve A x = b by relaxation, each unknown stored as soon as it is known."""
    n = len(b)
    x = np.zeros(n)
    for _ in range(steps):
        for i in range(n):
            s = b[i]
            for j in range(n):
                if j != i:
                    s -= A[i, j] * x[j]
            x[i] = s / A[i, i]
    return np.sum(x**2)


def nonlinear_seidel(u, steps):
    """Stores to the argument itself: each element becomes a nonlinear function of its neighbours."""
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            u[i] = np.sin(u[i - 1]) * u[i + 1] + 0.5 * u[i] ** 2
    return np.sum(u * u)


def heat3d(u, kappa, dt, steps):
    u = u.copy()
    for _ in range(steps):
        centre = u[1:-1, 1:-1, 1:-1]
        lap = (
            u[2:, 1:-1, 1:-1]
            + u[:-2, 1:-1, 1:-1]
            + u[1:-1, 2:, 1:-1]
            + u[1:-1, :-2, 1:-1]
            + u[1:-1, 1:-1, 2:]
            + u[1:-1, 1:-1, :-2]
            - 6.0 * centre
        )
        u[1:-1, 1:-1, 1:-1] += dt * kappa * lap
    return np.mean(u**2)


def swapped_buffers(u, speed, steps):
    """Nonlinear advection that writes into a second buffer and swaps the two each step."""
    a = u.copy()
    b = np.empty_like(a)
    for _ in range(steps):
        b[0] = a[-1]
        b[1:] = a[1:] - speed * a[1:] * (a[1:] - a[:-1])
        a, b = b, a
    return np.sum(a**2) + a[0] * b[-1] if steps else np.sum(a**2)


def make_matrix(n, steps):
    return lambda rng: (rng.normal(size=(n, n)) + 5.0 * np.eye(n), rng.normal(size=n), steps)


def field(*shape):
    return lambda rng: rng.normal(size=shape)


CASES = [
    Case(jacobi, lambda rng: (field(4, 5)(rng), field(4, 5)(rng), 4), ("u", "f")),
    Case(jacobi, lambda rng: (field(2, 3)(rng), field(2, 3)(rng), 2), ("u",), "no-interior"),
    Case(jacobi, lambda rng: (field(3, 3)(rng), field(3, 3)(rng), 0), ("u",), "no-steps"),
    Case(gauss_seidel, make_matrix(3, 4), ("A", "b")),
    Case(gauss_seidel, make_matrix(1, 1), ("A", "b"), "one"),
    Case(gauss_seidel, make_matrix(2, 0), ("A", "b"), "no-steps"),
    Case(nonlinear_seidel, lambda rng: (0.5 * field(5)(rng), 3), ("u",)),
    Case(nonlinear_seidel, lambda rng: (field(2)(rng), 3), ("u",), "no-interior"),
    Case(heat3d, lambda rng: (field(3, 4, 3)(rng), 0.7, 0.1, 3), ("u", "kappa", "dt")),
    Case(heat3d, lambda rng: (field(3, 3, 3)(rng), 0.7, 0.1, 1), ("u", "kappa"), "one"),
    Case(heat3d, lambda rng: (field(2, 3, 4)(rng), 0.7, 0.1, 2), ("u", "dt"), "no-interior"),
    Case(heat3d, lambda rng: (field(3, 3, 3)(rng), 0.7, 0.1, 0), ("u", "kappa"), "no-steps"),
    Case(swapped_buffers, lambda rng: (field(5)(rng), 0.1, 3), ("u", "speed")),
    Case(swapped_buffers, lambda rng: (field(4)(rng), 0.1, 1), ("u", "speed"), "one-step"),
    Case(swapped_buffers, lambda rng: (field(5)(rng), 0.1, 4), ("u", "speed"), "even"),
    Case(swapped_buffers, lambda rng: (field(1)(rng), 0.1, 2), ("u",), "one-cell"),
    Case(swapped_buffers, lambda rng: (field(4)(rng), 0.1, 0), ("u",), "no-steps"),
]
