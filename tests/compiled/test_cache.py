"""What Numba compiled is kept on disk, and found again only if it is the same and whole."""

from __future__ import annotations

import os
import subprocess
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import compiler
from s2sad.cache import folder
from s2sad.cli import main
from s2sad.errors import FallbackWarning, UnsupportedSyntaxError
from s2sad.rules import registry

numba = pytest.importorskip("numba")
ROOT = Path(__file__).parent.parent.parent
LOOP = "def loss(x, n=4):\n    for _ in range(n):\n        x = x * x * 0.5\n    return x\n"
HELPED = "from helping import step\ndef loss(x, n=4):\n    for _ in range(n):\n        x = step(x)\n    return x\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the entries of one test."""
    monkeypatch.setenv("S2SAD_CACHE", "1")
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path / "entries"))
    registry.load()
    monkeypatch.setattr(registry, "_outside", [])  # other tests register rules
    return tmp_path / "entries"


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is compiled from now on: gradients by their names, functions for Numba as `njit`."""
    found: list[str] = []
    plain, numba_own = compiler.compile_gradient, numba.core.compiler.compile_extra

    def compile_gradient(request: Any, *args: Any, **kwargs: Any) -> Any:
        found.append(request.name)
        return plain(request, *args, **kwargs)

    def compile_extra(typing: Any, target: Any, function: Any, *args: Any, **kwargs: Any) -> Any:
        if "sweep" in function.__name__:
            found.append("njit")
        return numba_own(typing, target, function, *args, **kwargs)

    monkeypatch.setattr(compiler, "compile_gradient", compile_gradient)
    monkeypatch.setattr(numba.core.compiler, "compile_extra", compile_extra)
    return found


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Makes a module of a text, each time a new one, as in another process."""
    count = iter(range(100))

    def module(text: str, name: str = "program") -> Any:
        path = tmp_path / str(next(count)) / f"{name}.py"
        path.parent.mkdir()
        path.write_text(text)
        made = types.ModuleType(name)
        monkeypatch.setitem(sys.modules, name, made)
        exec(compile(text, str(path), "exec"), made.__dict__)
        return made

    return module


def gradient(f: Any, **options: Any) -> Any:
    return s2sad.grad(f, backend="numba", **options)


def kept(cache: Path) -> list[Path]:
    return sorted(cache.glob("*.numba/__pycache__/*"))


def expected(x: float, scale: float = 0.5) -> float:
    """Of four steps of `x = scale * x * x`."""
    return 16.0 * scale**15 * x**15


def test_found_again(load: Any, done: list[str], cache: Path) -> None:
    assert gradient(load(LOOP).loss)(1.5) == pytest.approx(expected(1.5))
    assert done == ["loss", "njit"]
    assert [p.suffix for p in kept(cache)] == [".nbc", ".nbi", ".seal"]
    done.clear()
    again = gradient(load("\n\n" + LOOP).loss)
    assert again(1.5) == pytest.approx(expected(1.5))
    assert not done
    assert "line 4: compiled, loss_sweeps()" in again.explain() and "line 4, reverse sweep: compiled" in again.explain()


def test_another_process_compiles_nothing(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "program.py").write_text(LOOP)
    text = (
        "import sys, s2sad, numba\nfrom program import loss\n"
        "if len(sys.argv) > 1:\n    numba.core.compiler.compile_extra = s2sad.compiler.compile_gradient = None\n"
        "print(s2sad.grad(loss, backend='numba', strict=True)(1.5))\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])}
    for more in ([], ["again"]):
        found = subprocess.run([sys.executable, "-c", text, *more], env=environment, capture_output=True, text=True)
        assert found.returncode == 0, found.stderr
        assert float(found.stdout) == pytest.approx(expected(1.5))


def test_other_kinds_of_arguments_are_added(load: Any, done: list[str]) -> None:
    text = "def loss(x):\n    s = 0.0\n    for i in range(len(x)):\n        s += x[i] * x[i]\n    return s\n"
    x = np.arange(6.0)
    for expected_number in (True, False):
        g = gradient(load(text).loss)
        assert np.array_equal(g(x), 2.0 * x) and np.array_equal(g(x[::2]), 2.0 * x[::2])  # contiguous and not
        assert bool(done) is expected_number
        done.clear()


def test_numbers_under_global_names_are_part_of_the_text(load: Any, done: list[str], cache: Path) -> None:
    """Numba compiles them in. They are named by a helper, so that the key of the entry does not tell them apart."""
    for scale in (0.5, 0.7, 0.5):
        load(f"SCALE = {scale}\ndef step(x):\n    return x * x * SCALE\n", "helping")
        assert gradient(load(HELPED).loss)(1.5) == pytest.approx(expected(1.5, scale), rel=1e-12)
    assert len(list(cache.glob("*.numba"))) == 2 and len(list(cache.glob("*.py"))) == 1
    assert done.count("njit") == 2  # the third time, nothing


@pytest.mark.parametrize("suffix", [".nbc", ".nbi", ".seal"])
@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[: len(b) // 2], lambda b: b"\0" * len(b), lambda b: b[:-9] + b"x" + b[-8:]])
def test_damaged_files_are_not_run(suffix: str, damage: Any, load: Any, done: list[str], cache: Path) -> None:
    gradient(load(LOOP).loss)(1.5)
    whole = {p: p.read_bytes() for p in kept(cache) if p.suffix == suffix}
    assert len(whole) == 1
    for p, data in whole.items():
        p.write_bytes(damage(data))
    done.clear()
    assert gradient(load(LOOP).loss)(1.5) == pytest.approx(expected(1.5))
    assert done == ["njit"]
    done.clear()
    assert gradient(load(LOOP).loss)(1.5) == pytest.approx(expected(1.5))
    assert not done


def test_removed_files(load: Any, done: list[str], cache: Path) -> None:
    for pattern in ("*.numba/__pycache__/*.nbc", "*.numba/__pycache__/*.nbi", "*.numba/__pycache__/*.seal"):
        gradient(load(LOOP).loss)(1.5)
        for p in cache.glob(pattern):
            p.unlink()
        done.clear()
        assert gradient(load(LOOP).loss)(1.5) == pytest.approx(expected(1.5))
        assert done == ["njit"]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="permissions of POSIX")
@pytest.mark.parametrize("place", ["*.numba", "*.numba/__pycache__"])
def test_what_others_may_reach_is_not_run(place: str, load: Any, done: list[str], cache: Path) -> None:
    gradient(load(LOOP).loss)(1.5)
    (found,) = cache.glob(place)
    assert found.stat().st_mode & 0o777 == 0o700
    found.chmod(0o755)
    done.clear()
    assert gradient(load(LOOP).loss)(1.5) == pytest.approx(expected(1.5))
    assert done == ["njit"]
    assert all(p.stat().st_mode & 0o777 == 0o700 for p in cache.glob(place))


def test_another_text_in_the_place_of_the_source(load: Any, cache: Path) -> None:
    gradient(load(LOOP).loss)(1.5)
    (source,) = cache.glob("*.numba/*.py")
    (entry,) = cache.glob("*.py")
    assert source.read_bytes() == entry.read_bytes()
    source.write_text("raise SystemExit")
    assert gradient(load(LOOP).loss)(1.5) == pytest.approx(expected(1.5))
    assert source.read_bytes() == entry.read_bytes()


def test_links_are_not_followed(load: Any, done: list[str], cache: Path, tmp_path: Path) -> None:
    gradient(load(LOOP).loss)(1.5)
    (found,) = cache.glob("*.numba")
    found.rename(tmp_path / "elsewhere")
    found.symlink_to(tmp_path / "elsewhere")
    done.clear()
    assert gradient(load(LOOP).loss)(1.5) == pytest.approx(expected(1.5))
    assert done == ["njit"] and not found.is_symlink()


def test_full_disk(load: Any, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    gradient(load(LOOP).loss)
    monkeypatch.setattr(os, "replace", full)
    assert gradient(load(LOOP).loss)(1.5) == pytest.approx(expected(1.5))
    assert not cache.exists() or list(cache.iterdir()) == []


def test_the_disk_becomes_full_while_numba_compiles(load: Any, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(numba.core.caching.IndexDataCacheFile, "save", full)
    assert gradient(load(LOOP).loss)(1.5) == pytest.approx(expected(1.5))
    assert kept(cache) == []


def test_removed_while_it_is_used(load: Any, cache: Path) -> None:
    g = gradient(load("def loss(x):\n    s = 0.0\n    for v in x:\n        s += v * v\n    return s\n").loss)
    x = np.arange(6.0)
    g(x)
    folder.clear()
    assert list(cache.iterdir()) == []
    assert np.array_equal(g(x[::2]), 2.0 * x[::2])


def test_the_users_own_place_for_what_numba_compiles(load: Any, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not ours to judge who may write there."""
    monkeypatch.setattr(numba.core.config, "CACHE_DIR", str(tmp_path / "theirs"))
    assert gradient(load(LOOP).loss)(1.5) == pytest.approx(expected(1.5))
    assert kept(cache) == [] and not list(tmp_path.glob("theirs/**/*.nbc"))


def test_folders_count_and_go(load: Any, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    gradient(load(LOOP).loss)(1.5)
    (found,) = folder.files(".numba")
    assert found.size == sum(p.stat().st_size for p in cache.glob("*.numba/**/*") if p.is_file()) > 10_000
    assert main(["cache"]) == 0
    size = found.size + folder.files()[0].size
    assert f"1 emitted function, {size / 1e6:.1f} MB" in capsys.readouterr().out and size > 3e4
    monkeypatch.setenv("S2SAD_CACHE_SIZE", str(found.size / 1e6))
    folder.shrink()
    assert not folder.files(".numba") or not folder.files()
    gradient(load(LOOP).loss)(1.5)
    folder.clear()
    assert list(cache.iterdir()) == []


def test_loops_that_run_in_parallel(load: Any, done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("s2sad.compiled.arrays.LARGE", 50)
    text = "import numpy as np\ndef loss(u, n):\n    u = u.copy()\n    for _ in range(n):\n        u *= u\n    return np.sum(u)\n"
    u = np.linspace(0.5, 1.0, 60)
    for number in (1, 0):
        g = gradient(load(text).loss)
        assert np.allclose(g(u, 2), 4.0 * u**3)
        assert "in parallel" in g.explain()
        assert done.count("loss") == number
        done.clear()


# --- what is told ---------------------------------------------------------------------------------------------------


def test_what_is_not_compiled_is_told_again(load: Any, done: list[str]) -> None:
    told = []
    for _ in range(2):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            g = gradient(load(UNKNOWN).loss)
            g(1.5)
        told.append((g.explain(), [str(w.message) for w in caught if w.category is FallbackWarning]))
    assert done == ["loss"]
    assert told[0] == told[1] and len(told[0][1]) == 1 and "line 3" in told[0][1][0]
    with pytest.raises(UnsupportedSyntaxError, match="cannot be compiled"):
        gradient(load(UNKNOWN).loss, strict=True)(1.5)


UNKNOWN = "def loss(x, n=9):\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n        x = x * float(a % 3 + 1)\n    return x\n"


def test_lines_that_moved_apart_are_not_told(load: Any, done: list[str]) -> None:
    first = gradient(load(LOOP).loss)
    first(1.5)
    again = gradient(load(LOOP.replace("    for", "    # a comment\n    for")).loss)
    again(1.5)
    assert done == ["loss", "njit"]
    assert again.explain().startswith("a loop: compiled, loss_sweeps()")


def test_auto_judges_by_the_size_of_the_first_call(load: Any, done: list[str]) -> None:
    for _ in range(2):
        small = s2sad.grad(load(LOOP).loss, backend="auto")
        small(1.01, 3)
        assert "too little" in small.explain()
        large = s2sad.grad(load(LOOP).loss, backend="auto")
        large(0.5, 5000)
        assert "compiled, loss_sweeps()" in large.explain()
    assert done == ["loss", "loss", "njit"]
