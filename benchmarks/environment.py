"""What is measured, and where: versions, the machine, and the settings of threads."""

from __future__ import annotations

import importlib.metadata
import os
import platform

COMMON = ("s2sad", "numpy", "autograd", "jax")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def environment(packages: tuple[str, ...] = COMMON) -> str:
    """Versions of everything measured, and the machine."""
    versions = []
    for package in packages:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{package} (not installed as a package)")
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    return f"Python {platform.python_version()}, {', '.join(versions)}; {machine}."


def threads() -> str:
    """The number of threads that the environment sets, or that none is set."""
    found = [f"{name}={os.environ[name]}" for name in THREADS if name in os.environ]
    return f"Threads: {', '.join(found)}." if found else "Each tool has the number of threads that it chooses."
