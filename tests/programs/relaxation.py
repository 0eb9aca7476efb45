"""Iterative solvers on grids: red-black SOR with strided slices, a multigrid V-cycle, conjugate gradients with buffers."""

import numpy as np

from tests.programs.case import Case


def red_black(u, f, omega, sweeps):
    """Two colours of a checkerboard, each as two pairs of strided slices of the grid given."""
    for _ in range(sweeps):
        for colour in (0, 1):
            for start in (1, 2):
                first = 1 + (start + colour) % 2
                rows, cols = slice(start, -1, 2), slice(first, -1, 2)
                last = u.shape[1] - 1
                around = (
                    u[start - 1 : -2 : 2, cols]
                    + u[start + 1 :: 2, cols]
                    + u[rows, first - 1 : last - 1 : 2]
                    + u[rows, first + 1 : last + 1 : 2]
                )
                u[rows, cols] += omega * (0.25 * (around - f[rows, cols]) - u[rows, cols])
    return np.sum(u**2)


def smooth(u, f, h, sweeps):
    for _ in range(sweeps):
        u[1:-1] += 2.0 / 3.0 * (0.5 * (u[2:] + u[:-2] + h * h * f[1:-1]) - u[1:-1])


def v_cycle(u, f, level):
    """One cycle on grids held in two lists, finest first; the iterates change in place."""
    h = 1.0 / (len(u[level]) - 1)
    smooth(u[level], f[level], h, 2)
    if level + 1 < len(u):
        r = np.zeros_like(u[level])
        r[1:-1] = f[level][1:-1] + (u[level][2:] - 2.0 * u[level][1:-1] + u[level][:-2]) / (h * h)
        f[level + 1][1:-1] = 0.25 * (r[1:-2:2] + 2.0 * r[2:-1:2] + r[3::2])
        u[level + 1][:] = 0.0
        v_cycle(u, f, level + 1)
        u[level][::2] += u[level + 1]
        u[level][1::2] += 0.5 * (u[level + 1][:-1] + u[level + 1][1:])
        smooth(u[level], f[level], h, 1)


def multigrid(u0, rhs, cycles):
    n, u, f = len(u0), [u0.copy()], [rhs]
    while n > 3:
        n = n // 2 + 1
        u.append(np.zeros(n))
        f.append(np.zeros(n))
    for _ in range(cycles):
        v_cycle(u, f, 0)
    return np.sum(u[0] ** 2) + np.max(u[0])


def conjugate_gradient(A, b, iterations):
    """All vectors preallocated, the updates in place; stops early when the residual is small."""
    x = np.zeros_like(b)
    r = b - A @ x
    p = r.copy()
    Ap = np.empty_like(b)
    rs = r @ r
    for _ in range(iterations):
        np.dot(A, p, out=Ap)
        alpha = rs / (p @ Ap)
        x += alpha * p
        r -= alpha * Ap
        rs_new = r @ r
        if np.sqrt(rs_new) < 1e-3:
            break
        p *= rs_new / rs
        p += r
        rs = rs_new
    return np.sum(x**3)


def grids(*shape):
    return lambda rng: (rng.normal(size=shape), rng.normal(size=shape))


def spd(n, iterations):
    def make(rng):
        M = rng.normal(size=(n, n))
        return M @ M.T + n * np.eye(n), rng.normal(size=n), iterations

    return make


DEPTH = "recursion over a list of arrays that a loop grew, to a depth that the text does not say"

CASES = [
    Case(red_black, lambda rng: (*grids(5, 6)(rng), 1.4, 2), ("u", "f", "omega")),
    Case(red_black, lambda rng: (*grids(3, 3)(rng), 1.4, 1), ("u", "f", "omega"), "one-cell"),
    Case(red_black, lambda rng: (*grids(4, 4)(rng), 1.4, 0), ("u", "omega"), "no-sweeps"),
    Case(multigrid, lambda rng: (*grids(9)(rng), 2), ("u0", "rhs"), refused=DEPTH),
    Case(multigrid, lambda rng: (*grids(5)(rng), 1), ("u0", "rhs"), "two-levels", refused=DEPTH),
    Case(multigrid, lambda rng: (*grids(3)(rng), 1), ("u0", "rhs"), "one-level", refused=DEPTH),
    Case(multigrid, lambda rng: (*grids(5)(rng), 0), ("u0",), "no-cycles", refused=DEPTH),
    Case(conjugate_gradient, spd(4, 3), ("A", "b")),
    Case(conjugate_gradient, spd(3, 9), ("A", "b"), "stops-early", rtol=1e-4),
    Case(conjugate_gradient, spd(3, 1), ("A", "b"), "one"),
    Case(conjugate_gradient, spd(3, 0), ("A", "b"), "no-iterations"),
]
