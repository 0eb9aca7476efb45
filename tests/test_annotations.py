"""What annotations and signatures say of parameters: the emitted text is that of the types, and right for all they allow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import SignatureError

LEAN = "    x_bar = f_bar * y * np.cos(x)\n    return x_bar\n"


def text(annotation: str, tmp_path: Path, body: str = "np.sum(np.sin(x) * y)", others: str = "y: float", **options: Any) -> str:
    path = tmp_path / "program.py"
    path.write_text(f"import numpy as np\n\ndef f(x: {annotation}, {others}):\n    return {body}\n")
    return s2sad.source_of_file(path, "f", **options)


def run(emitted: str, *args: Any) -> Any:
    namespace: dict[str, Any] = {}
    exec(emitted, namespace)
    return namespace["f_grad"](*args)


@pytest.mark.parametrize("annotation", [
    "float", "'float'", "np.float64", "Annotated[float, 'metres']",
    'Float[np.ndarray, "n m"]', 'jaxtyping.Float[NDArray, "n m"]', 'Float64[np.ndarray, "rows=3 m"]', 'Float32[np.ndarray, "_ _"]',
    'Float[np.ndarray, "n n+1"]', 'Float[np.ndarray, "n 2*n-1"]', 'Float[np.ndarray, "?n 3"]', 'Float[float, ""]', "'Float[np.ndarray, \"n\"]'",
    "np.ndarray[tuple[int, int], np.dtype[np.float64]]",
])  # fmt: skip
def test_known_shapes(annotation: str, tmp_path: Path) -> None:
    assert text(annotation, tmp_path).endswith(LEAN)


@pytest.mark.parametrize("annotation", [
    "np.ndarray", "NDArray", "numpy.typing.NDArray[np.float32]", "npt.NDArray[np.floating]", 'Float[np.ndarray, "... m"]',
    'Float[np.ndarray, "*batch m"]', 'Float[np.ndarray, "#n m"]', 'Shaped[np.ndarray, "n"]', "np.ndarray[Any, np.dtype[np.float64]]",
    "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", "float | np.ndarray", "Sized",
])  # fmt: skip
def test_open_shapes(annotation: str, tmp_path: Path) -> None:
    emitted = text(annotation, tmp_path)
    assert "unbroadcast" in emitted
    for x in (np.array([0.3, 0.5]), np.array([[0.3, 0.5], [1.0, 2.0]]), np.array([[0.7]])):
        np.testing.assert_allclose(run(emitted, x, 2.0), 2.0 * np.cos(x))


def test_sizes_of_several_parameters(tmp_path: Path) -> None:
    others = 'a: Float[np.ndarray, "n"], b: Float[np.ndarray, "n-1"], c: Float[np.ndarray, "m"]'
    emitted = text('Float[np.ndarray, "n"]', tmp_path, "np.sum(x * a) + np.sum(x[1:] * b)", others)
    assert "unbroadcast" not in emitted
    np.testing.assert_allclose(run(emitted, np.ones(3), np.arange(3.0), np.array([5.0, 7.0]), None), [0.0, 6.0, 9.0])
    emitted = text('Float[np.ndarray, "n"]', tmp_path, "np.sum(x * c)", others)
    assert "unbroadcast" in emitted  # c may have one element
    np.testing.assert_allclose(run(emitted, np.ones(3), None, None, np.array([4.0])), [4.0, 4.0, 4.0])


def test_any_size_is_any(tmp_path: Path) -> None:
    """Two axes of any size need not have the same."""
    emitted = text('Float[np.ndarray, "_ _"]', tmp_path, "np.sum(x * v)", 'v: Float[np.ndarray, "_"]', wrt="v")
    np.testing.assert_allclose(run(emitted, np.ones((2, 3)), np.ones(3)), [2.0, 2.0, 2.0])
    np.testing.assert_allclose(run(emitted, np.ones((2, 3)), np.ones(1)), [6.0])


def test_tuples(tmp_path: Path) -> None:
    emitted = text("tuple[float, float]", tmp_path, "x[0] * x[1] ** 2 * y")
    assert "unbroadcast" not in emitted
    assert run(emitted, (2.0, 3.0), 0.5) == (4.5, 6.0)


def test_a_signature(tmp_path: Path) -> None:
    emitted = text("Any", tmp_path, "np.sum(x[:-1] * y)", "y", signature="x: f8[n], y: f8[n-1]")
    assert "unbroadcast" not in emitted
    np.testing.assert_allclose(run(emitted, np.ones(3), np.array([4.0, 5.0])), [4.0, 5.0, 0.0])


@pytest.mark.parametrize("size", ["n+", "n m", "sin(n)", "n/2", "n//0", "-n"])
def test_no_size(size: str, tmp_path: Path) -> None:
    with pytest.raises(SignatureError, match="size"):
        text("Any", tmp_path, signature=f"x: f8[{size}]")
    assert "unbroadcast" in text(f'Float[np.ndarray, "{size}"]'.replace("n m", "n+*m"), tmp_path)
