"""Print the table of facts that compares s2sad with autograd and JAX, each cell as measured.

    python benchmarks/facts.py [--quick] [--readme]

Every program of `programs.py` is differentiated by every tool that is installed, with no change but the
import of `np`, and compared with finite differences of the plain NumPy function: a cell is *right*, *wrong*
or *raises* (with the class of the error). Below are the cost of a loop of 1000 steps relative to a gradient
written by hand, and whether the derivative can be had as Python source.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.util
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import contestants
import numpy as np
import programs
from contestants import NotMeasured
from environment import environment
from measure import interleaved
from workloads import named

TOOLS = ("s2sad", "autograd", "JAX", "JAX (jit)")
NUMPY_OF = {"s2sad": "numpy", "autograd": "autograd.numpy", "JAX": "jax.numpy", "JAX (jit)": "jax.numpy"}
TOLERANCE = 1e-6
NOT_INSTALLED = "not installed"
README = Path(__file__).resolve().parent.parent / "README.md"


def tool_module(tool: str) -> Any:
    module = contestants.installed(tool.split()[0].lower())
    if tool.startswith("JAX"):
        module.config.update("jax_enable_x64", True)
    return module


def load_programs(tool: str, folder: Path) -> ModuleType:
    """`programs.py` as a module of its own, with `np` imported from where this tool has it."""
    text = Path(programs.__file__).read_text(encoding="utf-8")
    numpy_of_tool = NUMPY_OF[tool]
    contestants.installed(numpy_of_tool)
    changed = text.replace("import numpy as np\n", f"import {numpy_of_tool} as np\n", 1)
    name = "programs_for_" + "".join(c for c in tool.lower() if c.isalnum())
    path = folder / f"{name}.py"
    path.write_text(changed, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def gradient_function(tool: str, function: Callable[..., Any]) -> Callable[..., Any]:
    module = tool_module(tool)
    gradient = module.grad(function)
    return module.jit(gradient) if tool == "JAX (jit)" else gradient


def argument(name: str) -> Any:
    value = programs.ARGUMENTS.get(name, programs.VECTOR)
    return np.array(value) if isinstance(value, tuple) else value


def finite_differences(name: str) -> Any:
    """The derivative of the plain NumPy program, by central differences, or from `EXPECTED`."""
    if name in programs.EXPECTED:
        return np.asarray(programs.EXPECTED[name])
    function, x, h = getattr(programs, name), np.asarray(argument(name)), 1e-6
    out = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        high, low = x.copy(), x.copy()
        high[index] += h
        low[index] -= h
        ends = [function(v if v.ndim else float(v)) for v in (high, low)]
        out[index] = (ends[0] - ends[1]) / (2.0 * h)
    return out


def verdict(tool: str, name: str, module: ModuleType) -> str:
    """Differentiate one program with one tool: "right", "wrong" or "raises <class>"."""
    x = argument(name)
    kept = np.copy(x)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            given = tool_module(tool).numpy.asarray(x) if tool.startswith("JAX") else x
            found = np.asarray(gradient_function(tool, getattr(module, name))(given), dtype=float)
    except Exception as error:
        return f"raises `{type(error).__name__}`"
    expected = finite_differences(name)
    if not np.array_equal(x, kept):
        return "**wrong** (changes the caller's array)"
    if found.shape == expected.shape and np.allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE):
        return "right"
    return "**wrong**" if np.all(np.isfinite(found)) else "**wrong** (NaN)"


def loop_cost(tool: str, quick: bool) -> str:
    """The 1000-step loop as it stands, relative to its gradient written by hand."""
    workload = named("logistic")
    if tool == "JAX":
        call, note = _eager_jax(workload), ""
    else:
        call = contestants.contestant(tool, workload).call
        note = " (rewritten as a scan)" if tool == contestants.JAX else ""
    by_hand = contestants.contestant(contestants.HAND, workload).call
    rounds, batch = (3, 0.002) if quick or tool == "JAX" else (15, 0.02)
    timings = interleaved({"tool": call, "hand": by_hand}, rounds, batch)
    return f"{timings['tool'].median / timings['hand'].median:.2g}x{note}"


def _eager_jax(workload: Any) -> Callable[[], Any]:
    jax = tool_module("JAX")
    function = contestants.with_numpy(workload.function, contestants.installed("jax.numpy"))
    gradient = jax.value_and_grad(function, workload.positions)
    return lambda: jax.block_until_ready(gradient(*workload.args))


def source_fact(tool: str, module: ModuleType) -> str:
    """Whether the tool's printed derivative of a small program is Python that gives the derivative."""
    differentiator, name = tool_module(tool), "straight_line"
    x = argument(name)
    if tool == "s2sad":
        text = differentiator.source(module.straight_line, signature="x: f8[n]")
    elif tool.startswith("JAX"):
        text = str(differentiator.make_jaxpr(differentiator.grad(module.straight_line))(x))
    else:
        return "no"
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return "no (prints its own notation)"
    scope: dict[str, Any] = {"np": np}
    exec(compile(tree, "<printed derivative>", "exec"), scope)
    right = np.allclose(
        scope["straight_line_grad"](x), finite_differences(name), rtol=TOLERANCE, atol=TOLERANCE
    )
    return "yes" if right else "**wrong**"


def column(tool: str, folder: Path, quick: bool) -> list[str]:
    """All cells of one tool, top to bottom."""
    try:
        tool_module(tool)
        module = load_programs(tool, folder)
    except NotMeasured:
        return [NOT_INSTALLED] * (len(programs.FACTS) + 2)
    cells = [verdict(tool, name, module) for name in programs.FACTS]
    for measure in (lambda: loop_cost(tool, quick), lambda: source_fact(tool, module)):
        try:
            cells.append(measure())
        except Exception as error:
            cells.append(contestants.reason_of(error))
    return cells


def table(quick: bool) -> str:
    rows = [*programs.FACTS.values(), "1000-step loop, relative to by hand", "derivative as Python source"]
    with tempfile.TemporaryDirectory(prefix="s2sad-facts-") as folder:
        columns = [column(tool, Path(folder), quick) for tool in TOOLS]
    lines = [f"| program | {' | '.join(TOOLS)} |", "|---|" + "---|" * len(TOOLS)]
    lines += [f"| {row} | {' | '.join(cells)} |" for row, *cells in zip(rows, *columns)]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Print the table of facts that compares s2sad with others.")
    parser.add_argument("--quick", action="store_true", help="short timing rounds")
    parser.add_argument("--readme", action="store_true", help="put the table into the README as well")
    options = parser.parse_args()
    text = f"{table(options.quick)}\n\nPrinted by `python benchmarks/facts.py`. {environment()}"
    print(text)
    if options.readme:
        before, start, rest = README.read_text(encoding="utf-8").partition("<!-- facts -->\n")
        _, end, after = rest.partition("<!-- /facts -->")
        README.write_text(f"{before}{start}\n{text}\n\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
