"""Every pass can be left out: the text gets longer, the numbers stay the same."""

from __future__ import annotations

import copy
import pickle

import pytest

from s2sad import compiler
from tests.test_golden import GOLDENS, Golden, check_numbers, load, name_of, statements

ALL = tuple(sorted(compiler.PASSES))


def leave_out(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    original = compiler.optimise
    monkeypatch.setattr(compiler, "optimise", lambda function, skip=frozenset(): original(function, frozenset(names)))
    monkeypatch.setattr(compiler, "FIRST", {name: run for name, run in compiler.FIRST.items() if name not in names})


@pytest.mark.parametrize("golden", GOLDENS, ids=name_of)
def test_without_one_pass(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    shortest = golden.emit()
    for name in ALL:
        with monkeypatch.context() as patch:
            leave_out(patch, name)
            text = golden.emit()
        if text != shortest:
            check_numbers(text, golden, f"<{golden.name} without {name}>")


@pytest.mark.parametrize("golden", GOLDENS, ids=name_of)
def test_without_any_pass(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        leave_out(patch, *EXACT, *compiler.FIRST)  # what is computed in front of a loop has a statement of its own
        shortest = statements(golden.emit())
    leave_out(monkeypatch, *ALL)
    text = golden.emit()
    check_numbers(text, golden, f"<{golden.name} without any pass>")
    assert statements(text) >= shortest


@pytest.mark.parametrize("name", ALL)
def test_every_pass_has_a_use(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_all = {name_of(golden): golden.emit() for golden in GOLDENS}
    leave_out(monkeypatch, name)
    assert any(golden.emit() != with_all[name_of(golden)] for golden in GOLDENS)


EXACT = ("common", "hoist", "kept", "recompute", "saved")  # passes that change no bit of a gradient


@pytest.mark.parametrize("golden", GOLDENS, ids=name_of)
def test_exact_passes(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    with_all = golden.emit()
    for name in EXACT:
        with monkeypatch.context() as patch:
            leave_out(patch, name)
            text = golden.emit()
        if text == with_all:
            continue
        for example in golden.module.EXAMPLES:
            found, expected = (load(t, golden, "<gradient>")(*copy.deepcopy(example)) for t in (with_all, text))
            assert pickle.dumps(found) == pickle.dumps(expected), f"{name} at {example}"
