"""The picture of `run.py`: for each workload, times relative to JAX and to the adjoint written by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from contestants import ADVECT, AUTOGRAD, HAND, JAX, S2SAD, S2SAD_NUMBA, TANGENT, TORCH

if TYPE_CHECKING:
    from tables import Row

MARKS = {
    S2SAD: ("o", "tab:blue"),
    S2SAD_NUMBA: ("D", "tab:green"),
    HAND: ("|", "black"),
    JAX: ("|", "tab:red"),
    TORCH: ("^", "tab:orange"),
    AUTOGRAD: ("x", "tab:gray"),
    TANGENT: ("+", "tab:brown"),
    ADVECT: ("1", "tab:pink"),
}


def draw(rows: list[Row], path: Path) -> None:
    """Two panels with one line for each workload: to the left is faster."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.hashsalt": "s2sad", "svg.fonttype": "none", "font.size": 8})
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10.0, 1.2 + 0.24 * len(rows)), sharey=True, layout="constrained")
    for axis, base in zip(axes, (JAX, HAND)):
        panel(axis, rows, base)
    axes[0].set_yticks(range(len(rows)), [row.workload.name for row in rows])
    axes[0].invert_yaxis()
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(MARKS), frameon=False)
    metadata: dict[str, Any] = {"metadata": {"Date": None}} if path.suffix == ".svg" else {"dpi": 110}
    figure.savefig(path, **metadata)
    plt.close(figure)


def panel(axis: Any, rows: list[Row], base: str) -> None:
    for tool, (marker, colour) in MARKS.items():
        points = [(ratio, k) for k, row in enumerate(rows) if (ratio := row.ratio(tool, base)) is not None]
        if points:
            axis.plot(*zip(*points), marker, color=colour, label=tool, markersize=5, alpha=0.9)
    axis.set_xscale("log")
    axis.axvline(1.0, color="black", linewidth=0.6)
    axis.grid(axis="y", color="0.9")
    axis.set_axisbelow(True)
    axis.set_title(f"time relative to {base} (left is faster)", fontsize=9)
    axis.spines[["top", "right"]].set_visible(False)
