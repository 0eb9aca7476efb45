"""The list of functions with and without rules, and the page that is made of it."""

from __future__ import annotations

import importlib
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from s2sad import cli, coverage
from s2sad.rules.expected import EXPECTED, REASONS

ROOT = Path(__file__).parent.parent
REPORT = [(module, entry) for module, entries in coverage.entries().items() for entry in entries]


def _public(module: types.ModuleType) -> set[str]:
    names = getattr(module, "__all__", None) or dir(module)
    found = {n: getattr(module, n) for n in names if not n.startswith("_") and hasattr(module, n)}
    return {n for n, f in found.items() if callable(f) and not isinstance(f, type)}


@pytest.mark.skipif(np.__version__.split(".")[:2] < ["2", "0"], reason="the list is that of NumPy 2")
@pytest.mark.parametrize("module", ["numpy", "numpy.linalg", "numpy.fft", "math", "cmath"])
def test_every_public_function_is_expected(module: str) -> None:
    others = {"in1d", "trapz", "sumprod", "fma"}  # up to NumPy 2.3; from Python 3.12 and 3.13 on
    assert _public(importlib.import_module(module)) - others <= set(EXPECTED[module].split())


def test_functions_without_a_rule_have_a_reason() -> None:
    assert [f"{m}.{e.name}" for m, e in REPORT if not e.reverse and not e.note] == []


def test_reasons_are_for_functions_without_a_rule() -> None:
    ruled = {f"{m}.{e.name}" for m, e in REPORT if e.reverse}
    listed = [name for names in REASONS.values() for name in names.split()]
    newer = {"math.fma"}  # from Python 3.13 on, which has a rule there
    assert sorted((ruled & set(listed)) - newer) == []
    assert len(listed) == len(set(listed))
    expected = {f"{m}.{n}" for m, names in EXPECTED.items() for n in names.split()}
    assert set(listed) <= expected


def test_rules_are_tested() -> None:
    assert [f"{m}.{e.name}" for m, e in REPORT if e.tested is False] == []


def test_what_the_report_says_of_a_few() -> None:
    known = {f"{m}.{e.name}": (e.reverse, e.forward) for m, e in REPORT}
    assert known["numpy.tanh"] == ("rule", "derived")
    assert known["numpy.floor"] == ("zero", "zero")
    assert known["numpy.copyto"] == ("followed", "followed")
    assert known["scipy.special.airy"] == ("rule", "own")
    assert known["scipy.optimize.brentq"] == ("followed", "followed")
    assert known["numpy.save"] == ("", "")


def test_the_page_is_up_to_date() -> None:
    """Write it again with: python -m s2sad rules --coverage --markdown > docs/rules.md"""
    page = (ROOT / "docs" / "rules.md").read_text()
    if f"here with {coverage.versions()}." not in page:
        pytest.skip("the page is about other versions of Python, NumPy or SciPy")
    run = subprocess.run([sys.executable, "-m", "s2sad", "rules", "--coverage", "--markdown"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == page


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", "--coverage"]) == 0
    out = capsys.readouterr().out
    assert "  tanh                     rule      derived   tested\n" in out
    assert "settings and information" in out
    assert cli.main(["rules", "--coverage", "tanh"]) == 2
    assert "leave NAME out" in capsys.readouterr().err
    assert cli.main(["rules", "brentq"]) == 0
    assert "expansion" in capsys.readouterr().out
