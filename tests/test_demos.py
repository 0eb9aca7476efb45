"""The demos run in their quick form, check themselves what they promise, and draw what they say.

They need the `examples` extra and are skipped without it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"

pytest.importorskip("rich")
pytest.importorskip("sklearn")
pytest.importorskip("sympy")
matplotlib = pytest.importorskip("matplotlib")
Image = pytest.importorskip("PIL.Image")

PICTURES = {
    "regression": ["regression_loss.png", "regression_fit.png", "regression.gif"],
    "classification": ["classification_loss.png", "classification_boundary.png", "classification.gif"],
    "gan": ["gan_loss.png", "gan_samples.png", "gan.gif"],
    "modes": ["modes.png"],
    "three_ways": ["three_ways.png"],
    "engines": ["engines.png"],
}


def run(name: str, *options: str) -> subprocess.CompletedProcess[str]:
    search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": search, "PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, str(EXAMPLES / f"{name}.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment, encoding="utf-8")


@pytest.fixture(scope="module", params=PICTURES)
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, Path]:
    """The name of a demo, what it printed, and the folder of its pictures."""
    folder = tmp_path_factory.mktemp(request.param) / "made" / "here"
    done = run(request.param, "--quick", "--out", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr  # a demo that has not learned says so and fails
    return request.param, done.stdout, folder


def test_demo_keeps_its_promise(demo: tuple[str, str, Path]) -> None:
    name, out, folder = demo
    if name == "regression":
        first, last, error = (float(v) for v in re.findall(r"loss (\S+) -> (\S+) .*\n.*curve: (\S+)", out)[0])
        assert last < 0.04 < 0.3 < first and error < 0.1
    elif name == "classification":
        assert float(re.findall(r"not trained on: (\S+)", out)[0]) >= 0.95
    elif name == "gan":
        first, last = (float(v) for v in re.findall(r"digits': (\S+) -> (\S+)", out)[0])
        assert last < 0.4 * first
    elif name == "modes":
        assert re.search(r"w3 = w1 \* w2 +6 +3 +2 +1\n", out)
        assert re.search(r"w1 +2 +1 +0 +2.584\n", out)
    elif name == "three_ways":
        assert float(re.findall(r"s2sad (\S+)\n", out)[0]) < 1e-15
    else:
        assert re.search(r"used_twice .*WRONG", out) and re.search(r"scaled_columns .*WRONG", out)
        assert re.search(r"network .*right", out)


def test_demo_draws(demo: tuple[str, str, Path]) -> None:
    name, out, folder = demo
    assert sorted(p.name for p in folder.iterdir() if p.suffix != ".npz") == sorted(PICTURES[name])
    for file in PICTURES[name]:
        assert f"{file}\n" in out.replace("\r", "")
        with Image.open(folder / file) as picture:
            assert min(picture.size) > 200
            frames = [picture.convert("RGB").tobytes() for k in range(getattr(picture, "n_frames", 1)) if not picture.seek(k)]
        assert len(set(frames)) > (10 if file.endswith(".gif") else 0)
        colours = {bytes(frames[-1][k : k + 3]) for k in range(0, len(frames[-1]), 3)}
        assert len(colours) > 10  # something is drawn


def test_a_seed_makes_the_same_run_again(tmp_path: Path) -> None:
    options = ["--quick", "--epochs", "2", "--out", str(tmp_path)]
    outputs = []
    for seed in ("5", "5", "6"):
        done = run("regression", *options, "--seed", seed)
        assert "has not learned" in done.stderr  # in two epochs
        outputs.append(re.findall(r"loss .* ->.*", done.stdout))
    assert outputs[0] == outputs[1] != outputs[2]


def test_a_wrong_option_is_refused(tmp_path: Path) -> None:
    done = run("classification", "--epochs", "0", "--out", str(tmp_path))
    assert done.returncode == 2 and "at least 1" in done.stderr


def test_notebook_runs(tmp_path: Path) -> None:
    """From top to bottom without an error, and with the numbers that are stored in it."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    stored = nbformat.read(EXAMPLES / "introduction.ipynb", 4)
    notebook = nbformat.read(EXAMPLES / "introduction.ipynb", 4)
    for cell in notebook.cells:
        cell.pop("outputs", None)
        if cell.cell_type == "code":
            cell["outputs"] = []
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path)}
    client = nbclient.NotebookClient(notebook, timeout=240, kernel_name="python3", resources={"metadata": {"path": str(EXAMPLES)}})
    with client.setup_kernel(env=environment):
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
    texts = [printed(cell) for cell in notebook.cells]
    expected = [printed(cell) for cell in stored.cells]
    assert [t for t in texts if "->" not in t] == [t for t in expected if "->" not in t]
    (first, last) = re.findall(r"loss (\S+) -> (\S+)", "".join(texts))[0]
    assert float(last) < 0.03 < float(first)
    if shutil.which("dot"):
        shown = [o for cell in notebook.cells for o in cell.get("outputs", []) if "image/svg+xml" in o.get("data", {})]
        assert len(shown) == 3


def printed(cell) -> str:  # type: ignore[no-untyped-def]
    return "".join(o.get("text", "") for o in cell.get("outputs", []) if o.output_type == "stream" and o.name == "stdout")
