"""The examples run as a reader would run them, and print the numbers they promise."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from s2sad import cli

ROOT = Path(__file__).resolve().parent.parent


def run_example(name: str, *options: str) -> str:
    search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / name), *options],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": search, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def walkthrough() -> str:
    return run_example("walkthrough.py")


@pytest.mark.parametrize("origin", ["forward", "reverse", "s2sad", "value"])
def test_walkthrough_derivatives(walkthrough: str, origin: str) -> None:
    found = re.search(rf"^{origin}: +dy/dw1 = ([\d.]+), dy/dw2 = ([\d.]+)", walkthrough, re.MULTILINE)
    assert found, walkthrough
    assert float(found[1]) == pytest.approx(2.5838531634528574, rel=1e-15)
    assert float(found[2]) == 2.0


def test_walkthrough_value(walkthrough: str) -> None:
    assert "y(2.0, 3.0) = 6.90929742682568" in walkthrough


def test_walkthrough_shows_elementary_form_and_source(walkthrough: str) -> None:
    sections = re.split(r"^-{5,}$", walkthrough, flags=re.MULTILINE)
    elementary = next(s for before, s in pairwise(sections) if "elementary form" in before)
    assert "sin" in elementary and "w3" in elementary
    assert re.search(r"^def y_grad\(", walkthrough, re.MULTILINE)
    assert "np.cos(w1)" in walkthrough


def test_walkthrough_shows_the_two_errors_of_finite_differences(walkthrough: str) -> None:
    rows = re.findall(r"^ *(1e-\d+) +(\S+) +(\S+)$", walkthrough, re.MULTILINE)
    assert len(rows) == 14
    forward = [float(row[1]) for row in rows]
    central = [float(row[2]) for row in rows]
    for errors in (forward, central):
        best = errors.index(min(errors))
        assert 0 < best < len(errors) - 1
        assert errors[0] > 100.0 * errors[best]
        assert errors[-1] > 100.0 * errors[best]
    assert min(central) < min(forward)


@pytest.fixture(scope="module")
def regression() -> str:
    return run_example("linear_regression.py", "--quick")


def test_regression_loss_falls(regression: str) -> None:
    for part in regression.split("weights and bias")[1:]:
        losses = [float(v) for v in re.findall(r"loss ([\d.]+)$", part, re.MULTILINE)]
        assert len(losses) >= 5
        assert all(later <= earlier for earlier, later in pairwise(losses))
        assert losses[-1] < 0.01 * losses[0]


def test_regression_finds_the_truth(regression: str) -> None:
    rows = re.findall(r"^(found|truth) w = \[(.*)\], b = (\S+)$", regression, re.MULTILINE)
    assert [row[0] for row in rows] == ["found", "found", "truth"]
    values = [[float(v) for v in (*row[1].split(","), row[2])] for row in rows]
    assert values[0] == pytest.approx(values[2], abs=0.03)
    assert values[1] == pytest.approx(values[0], abs=0.001)


def test_regression_shows_its_gradient(regression: str) -> None:
    assert re.search(r"^def loss_grad\(", regression, re.MULTILINE)


# --- the README ---------------------------------------------------------------------------------------------

# A comment that says where a block comes from, and the block.
SHOWN = re.compile(r"<!-- (file|s2sad|python):? (.+?) -->\n```(?:python|text)\n(.*?)```", re.DOTALL)


def test_readme_is_right(
    update_golden: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is typed gives what is printed, and code that s2sad wrote is what it writes."""
    monkeypatch.chdir(ROOT)
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    names: dict[str, object] = {}
    test = doctest.DocTestParser().get_doctest(text, names, "README.md", str(path), 0)
    with np.printoptions(legacy=False, precision=8, threshold=1000, linewidth=75, suppress=False):
        result = doctest.DocTestRunner().run(test, clear_globs=False)
    names = test.globs
    assert result.failed == 0, capsys.readouterr().out
    assert result.attempted > 20
    capsys.readouterr()

    def shown(match: re.Match[str]) -> str:
        kind, what, old = match.groups()
        if kind == "file":
            new = re.split(r'"""\n+', (ROOT / what).read_text(encoding="utf-8"), maxsplit=1)[1]
            new = new.partition("\n\nif __name__")[0]
        elif kind == "s2sad":
            cli.main(shlex.split(what))
            captured = capsys.readouterr()
            new = captured.out + captured.err
        else:
            new = eval(what, names)  # type: ignore[assignment]
        before, _, after = match.group(0).rpartition(old + "```") if old else (match.group(0)[:-3], "", "")
        return before + new.strip("\n") + "\n```" + after

    current = SHOWN.sub(shown, text)
    if update_golden:
        path.write_text(current, encoding="utf-8")
    else:
        assert current == text, "run: pytest tests/test_examples.py --update-golden"


def test_readme_has_its_two_commands() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) == 2
    assert "examples/walkthrough.py:y --wrt w1,w2" in blocks[0]
    assert "-m pytest" in blocks[1]
