"""S2SAD_CHECK=1: emitted code makes sure that the reverse sweep restores what the forward sweep overwrote."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.autodiff.statements import Adjoints
from tests.test_programs import all_cases


@pytest.fixture(autouse=True)
def checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S2SAD_CHECK", "1")


@pytest.mark.parametrize("case", all_cases())
def test_programs_restore_their_memory(case: Any) -> None:
    args = case.make_args(np.random.default_rng(5))
    checked = s2sad.grad(case.func, case.wrt)
    found = checked(*args)
    assert found is not None


def stored(x: Any, n: int) -> Any:
    y = x * 1.0
    for i in range(n):
        y[i] *= y[0]
        y[1:] += y[:-1] * y[1:]
    return np.sum(y)


def appended(x: Any, n: int) -> Any:
    items = [x[0]]
    for i in range(n):
        items.append(x[i] * items[i])
        items[0] = items[-1] + items[0]
    return sum(items)


X = np.array([0.5, 0.2, 1.3])


@pytest.mark.parametrize("f", [stored, appended], ids=lambda f: f.__name__)
def test_a_missing_restore_is_found(f: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "check_restored" in s2sad.differentiate(f).source_for(X, 2)
    s2sad.check_grad(f, X, 2)
    whole = Adjoints.restore

    def forgets(self: Any, stmt: Any) -> None:
        whole(self, stmt)
        del self.scope.out.stmts[-1]

    monkeypatch.setattr(Adjoints, "restore", forgets)
    with pytest.raises(RuntimeError, match="did not restore"):
        s2sad.grad(lambda x, n: f(x, n))(X, 2)


def test_off_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("S2SAD_CHECK")
    assert "check_restored" not in s2sad.differentiate(stored).source_for(X, 2)
