"""The programs of `tests/programs` at sizes of real use, for `costs.py`.

`NAMED` are the classics (factorisations, solvers, steppers, filters, recursion), `FURTHER` the in-place programs that
other tools make people rewrite. Functions that only yield arrays have a scalar loss in the program's own file.
"""

from __future__ import annotations

import copy
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.programs import (  # noqa: E402
    closures,
    divide,
    edit_distance,
    factorisations,
    inference,
    iterations,
    kalman,
    lstm,
    nbody,
    orthogonal,
    recursion,
    relaxation,
    runge_kutta,
    signals,
    stencils,
    steppers,
    training,
    waves,
)


@dataclass(frozen=True)
class Program:
    """A function with arguments of a realistic size and the parameters to differentiate with respect to.

    `stores` is set if the function stores to its arguments: a gradient copies them, so the primal that it is
    measured against gets fresh copies each time as well.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    wrt: tuple[str, ...]
    size: str
    stores: bool = False

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def primal(self) -> Callable[[], Any]:
        function, args = self.function, self.args
        if self.stores:
            return lambda: function(*copy.deepcopy(args))
        return lambda: function(*args)


def spd(rng: np.random.Generator, n: int) -> Any:
    M = rng.normal(size=(n, n))
    return M @ M.T + n * np.eye(n)


def expression(depth: int) -> Any:
    """A full binary expression tree in nested tuples, a sine above every product."""
    if depth == 0:
        return "x"
    operator = ("+", "*")[depth % 2]
    inner = (
        operator,
        expression(depth - 1),
        ("*", 0.5 + 0.1 * depth, "y") if depth == 1 else expression(depth - 1),
    )
    return ("sin", inner) if operator == "*" else inner


def smooth(n: int) -> Any:
    return 1.5 + np.sin(np.linspace(0.0, 6.0, n))


def named() -> list[Program]:
    rng = np.random.default_rng(7)
    normal = lambda *shape: rng.normal(size=shape)
    bands = lambda n: (normal(n), 4.0 + rng.uniform(size=n), normal(n), normal(n))
    gauss = normal(40, 40) + 20.0 * np.eye(40)
    kalman_model = (np.eye(4) + 0.05 * normal(4, 4), normal(2, 4), normal(4), -0.5, normal(100, 2))
    levinson = np.concatenate([[2.0], 0.9 ** np.arange(1, 81)])
    maxwell = (normal(100, 100), normal(100, 100), normal(100, 100), rng.uniform(1.0, 2.0, (100, 100)), 30)
    bodies = (3.0 * normal(8, 3), 0.3 * normal(8, 3), rng.uniform(0.5, 1.5, 8), 0.01, 10)
    return [
        Program(
            factorisations.lu_solve,
            (normal(100, 100) + 20.0 * np.eye(100), normal(100)),
            ("A", "b"),
            "n = 100",
        ),
        Program(factorisations.log_det, (spd(rng, 30),), ("A",), "n = 30"),
        Program(factorisations.gram_schmidt, (normal(200, 30),), ("V",), "200 × 30"),
        Program(factorisations.levinson_durbin, (levinson,), ("r",), "order 80"),
        Program(steppers.thomas_loss, bands(2000), ("lower", "diag", "upper", "rhs"), "n = 2000"),
        Program(steppers.adi, (normal(24, 24), 0.3, 3), ("u", "r"), "24 × 24, 3 steps"),
        Program(steppers.fdtd, maxwell, ("ez", "hx", "hy", "eps"), "100 × 100, 30 steps", stores=True),
        Program(stencils.gauss_seidel, (gauss, normal(40), 5), ("A", "b"), "n = 40, 5 sweeps"),
        Program(stencils.heat3d, (normal(32, 32, 32), 0.7, 0.05, 20), ("u", "kappa"), "32³, 20 steps"),
        Program(
            steppers.vertical_advection, (normal(60, 1000), normal(60, 1000), 0.1), ("w", "u"), "60 × 1000"
        ),
        Program(
            kalman.negative_log_likelihood, kalman_model, ("F", "H", "log_q", "log_r"), "4 states, 100 steps"
        ),
        Program(steppers.crank_nicolson, (normal(200), 0.8, 0.1, 10), ("u0", "kappa"), "n = 200, 10 steps"),
        Program(
            nbody.nbody, bodies, ("positions", "velocities", "masses"), "8 bodies, 10 steps", stores=True
        ),
        Program(
            edit_distance.soft_edit_distance, (normal(40), normal(40), 0.7, 0.5), ("s", "t", "gap"), "40 × 40"
        ),
        Program(recursion.weighted_power, (normal(512), rng.uniform(size=512)), ("x", "weights"), "n = 512"),
        Program(recursion.complex_power, (normal(512),), ("x",), "n = 512"),
        Program(recursion.evaluate, (expression(7), {"x": 0.7, "y": -1.3}), ("env",), "128 leaves"),
        Program(
            lstm.cell_loss,
            (normal(256, 96), normal(256), normal(30, 32), normal(64)),
            ("weights", "bias"),
            "30 × 64",
        ),
        Program(stencils.swapped_buffers, (smooth(10000), 0.1, 50), ("u", "speed"), "n = 10 000, 50 steps"),
        Program(runge_kutta.rk45, (np.array([1.5, 0.2]), 3.0, 20.0, 0.5, 1e-4), ("y0", "mu"), "t = 20"),
    ]


def further() -> list[Program]:
    rng = np.random.default_rng(8)
    normal = lambda *shape: rng.normal(size=shape)
    grid = (normal(66, 66), normal(66, 66), 1.6, 20)
    net = {"W1": normal(10, 64), "b1": normal(64), "W2": normal(64, 1), "b2": normal(1)}
    table = rng.uniform(0.2, 1.0, (8, 8))
    table /= table.sum(axis=1, keepdims=True)
    solid = np.zeros((60, 60), dtype=bool)
    solid[20:30, 25:40] = True
    edges = np.stack([np.arange(200), (np.arange(200) + 1 + np.arange(200) % 7) % 200], axis=1)
    springs = (normal(200, 2), 0.1 * normal(200, 2), edges, rng.uniform(0.5, 1.5, 200), 2.0, 0.02, 30)
    gates = (0.3 * normal(32, 256), 0.1 * normal(64, 256), normal(256), normal(30, 32), normal(64))
    return [
        Program(orthogonal.least_squares, (normal(80, 40), normal(80)), ("A", "b"), "80 × 40"),
        Program(orthogonal.givens_triangle, (normal(24, 16),), ("A",), "24 × 16"),
        Program(orthogonal.jacobi_eigenvalues, (normal(12, 12), 4), ("S",), "12 × 12, 4 sweeps"),
        Program(
            signals.iir_loss,
            (normal(3), np.array([1.3, -0.4, 0.2]), normal(2000), normal(2000)),
            ("b", "a"),
            "2000 samples",
        ),
        Program(signals.cascade_energy, (normal(2000), 0.1, 0.7, 256), ("x", "f0", "q"), "2000 samples"),
        Program(signals.echo, (normal(2000), 0.6, 100), ("x", "gain"), "2000 samples"),
        Program(signals.hillis_steele, (normal(4096), 0.9), ("x", "decay"), "n = 4096"),
        Program(signals.blelloch, (rng.uniform(0.9, 1.1, 4096),), ("x",), "n = 4096"),
        Program(relaxation.red_black, grid, ("u", "f", "omega"), "66 × 66, 20 sweeps", stores=True),
        Program(relaxation.multigrid, (normal(257), normal(257), 4), ("u0", "rhs"), "n = 257, 4 cycles"),
        Program(relaxation.conjugate_gradient, (spd(rng, 200), normal(200), 30), ("A", "b"), "n = 200"),
        Program(
            training.sgd_momentum,
            (net, normal(100, 10), normal(100, 1), 0.05, 0.9, 30),
            ("start", "rate"),
            "30 steps",
        ),
        Program(
            training.adam_rosenbrock,
            (0.5 * normal(1000), 0.01, 50),
            ("w", "rate"),
            "n = 1000, 50 steps",
            stores=True,
        ),
        Program(
            training.batch_norm_loss,
            (normal(64), normal(64), list(normal(20, 128, 64)), normal(128, 64)),
            ("gamma", "beta"),
            "20 batches",
        ),
        Program(
            inference.forward_backward,
            (table, np.full(8, 0.125), normal(8), normal(200)),
            ("transition", "means"),
            "8 states, 200 steps",
        ),
        Program(
            inference.viterbi,
            (np.log(table), np.full(8, math.log(0.125)), normal(8), normal(60)),
            ("log_transition", "means"),
            "8 states, 60 steps",
        ),
        Program(
            inference.particle_filter,
            (0.9, 0.4, normal(50), normal(51, 500), 5),
            ("drift", "spread"),
            "500 particles",
        ),
        Program(
            waves.leapfrog,
            (normal(10000), rng.uniform(size=10000), 0.5, 50),
            ("u0", "speed"),
            "n = 10 000, 50 steps",
        ),
        Program(
            waves.wave_levels,
            (0.1 * np.outer(smooth(80), smooth(80)), 0.1, 20),
            ("u0", "dt"),
            "80 × 80, 20 steps",
        ),
        Program(waves.conservation_law, (normal(2000), 0.1, 40), ("u", "dt"), "n = 2000, 40 steps"),
        Program(
            waves.shallow_water,
            (rng.uniform(1.0, 2.0, 1000), 0.1 * normal(1000), 9.81, 0.01, 40),
            ("h", "hu", "g"),
            "n = 1000, 40 steps",
        ),
        Program(
            waves.lattice_boltzmann,
            (rng.uniform(0.5, 1.5, (60, 60)), 0.8, solid, 20),
            ("rho", "omega"),
            "60 × 60, 20 steps",
        ),
        Program(divide.soft_tree, decision_tree(rng, 5, 60), ("tree",), "depth 5, 60 rows"),
        Program(divide.de_casteljau, (normal(20, 2), 0.3), ("points", "t"), "20 points"),
        Program(iterations.bfgs, (normal(20), spd(rng, 20) / 20.0, 10), ("x", "A"), "n = 20, 10 steps"),
        Program(iterations.deflated_power, (normal(100, 100), 5, 20), ("S",), "n = 100, 5 values"),
        Program(
            iterations.sinkhorn,
            (rng.uniform(size=(100, 100)), np.full(100, 0.01), np.full(100, 0.01), 0.1, 50),
            ("cost", "eps"),
            "100 × 100",
        ),
        Program(iterations.gauss_jordan, (normal(40, 40) / 6.0, normal(40)), ("A", "b"), "n = 40"),
        Program(closures.horner, (normal(200), 0.99), ("coefficients", "x"), "degree 199"),
        Program(
            closures.american_put, (1.0, 0.3, 0.05, 1.02, 200), ("spot", "volatility", "rate"), "200 steps"
        ),
        Program(
            closures.springs, springs, ("x", "v", "rest", "stiffness"), "200 points, 30 steps", stores=True
        ),
        Program(closures.soft_shortest_paths, (normal(40, 40), 0.3), ("W", "gamma"), "n = 40"),
        Program(closures.convolve, (normal(34, 34), normal(5, 5), 0.1), ("image", "kernel"), "34 × 34"),
        Program(lstm.lstm_loss, gates, ("W", "U", "b"), "30 steps × 64"),
    ]


def decision_tree(rng: np.random.Generator, depth: int, rows: int) -> tuple[Any, ...]:
    def grow(level: int) -> Any:
        if level == 0:
            return divide.Leaf(float(rng.normal()))
        return divide.Split(int(rng.integers(4)), float(rng.normal()), grow(level - 1), grow(level - 1))

    return grow(depth), rng.normal(size=(rows, 4)), rng.normal(size=rows), 3.0
