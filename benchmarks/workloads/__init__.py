"""The programs that `run.py` measures, one file each: ordinary NumPy functions, their adjoints by hand, other tools' forms."""

from __future__ import annotations

from . import (
    adaptive,
    black_scholes,
    bundle,
    burgers,
    chain,
    cholesky,
    gmm,
    heat3d,
    jacobi,
    kalman,
    logistic,
    lotka_volterra,
    lstm,
    mlp,
    nbody,
    seidel,
    vertical_advection,
)
from .case import Workload

FILES = (
    *(black_scholes, logistic, adaptive, lotka_volterra, cholesky, seidel, bundle, nbody, kalman),
    *(chain, mlp, lstm, gmm, burgers, jacobi, heat3d, vertical_advection),
)


def workloads() -> list[Workload]:
    """All programs, those of single numbers first."""
    return [workload for file in FILES for workload in file.workloads()]


def named(name: str) -> Workload:
    """The first workload of the function of this name."""
    return next(workload for workload in workloads() if workload.function.__name__ == name)
