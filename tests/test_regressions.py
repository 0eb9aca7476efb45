"""Reduced programs that random testing found wrong or crashing once. Each is right now."""

from __future__ import annotations

import pytest

from tests.fuzz.check import check
from tests.fuzz.generate import Program

HEAD = "import math\n\nimport numpy as np\n\n\ndef f(x, y, A, s, t, n, flag):\n"

# name -> (body of f, mode of the arguments)
PROGRAMS: dict[str, tuple[str, str]] = {
    # the only store to a parameter is of a constant
    "constant_store": ("""
        y[1] = 1.0
        return np.dot(y, x)
    """, "float64"),
    "constant_augmented_store": ("""
        A[2] -= 1.49
        return A[1, 1] * A[2, 0]
    """, "float64"),
    # the adjoint that a loop starts from is a copy: the loop's own adjoint shares its memory
    "zero_dim_in_place_in_while": ("""
        k = 0
        while k < 2:
            k += 1
            s *= -1.12
        return s * s
    """, "zero-dim"),
    "zero_dim_returned": ("""
        return s
    """, "zero-dim"),
    "zero_dim_rebound_in_while": ("""
        k = 0
        while abs(s) < 0.4 and k < 5:
            k += 1
            s = 1.3 * s + 0.11
        return t + s
    """, "zero-dim"),
    "for_else_with_break": ("""
        for i in x:
            break
        else:
            k = 0
            while k < 2:
                k += 1
        return s
    """, "float64"),
    # the whole of a view takes an adjoint: `x.T += g` would set the attribute, `x.swapaxes(0, 1) += g` is no Python
    "whole_transposed_view": ("""
        A *= s
        B = A.T
        return sum((B[:, e] @ x for e in range(0))) + np.sum(B)
    """, "float64"),
    "whole_swapped_view": ("""
        A[:] = x
        B = A.swapaxes(0, 1)
        return np.sum(B)
    """, "float64"),
    # the mask is read before the store that changes what it was made from
    "mask_of_the_stored_array": ("""
        k = 0
        while abs(t) < 1.1 and k < 5:
            k += 1
            v = np.sqrt(1.1 + x ** 2)
            v[v > -0.35] = t
        return t + np.sum(x)
    """, "float64"),
    "rebound_to_zeros_in_while": ("""
        k = 0
        while abs(t) < 2.3 and k < 5:
            k += 1
            y = np.zeros(4)
        return t + np.sum(y) + np.sum(A)
    """, "float64"),
    # -(-g) is memory of its own
    "double_negation_of_memory": ("""
        y[1:][2] *= t
        return np.dot(-np.cos(y) ** 2, x)
    """, "float64"),
    "value_from_with_in_loop": ("""
        for i in y[1:]:
            with np.errstate(all='ignore'):
                x = x * y
            y[:] = x[3]
        return s + np.sum(y * x)
    """, "float64"),
    "alias_in_one_branch_with_return": ("""
        if n > 4:
            pass
        else:
            np.multiply(x, s, out=x)
            if y[0] > 0.3:
                return t
            y, x = x, y
        xs = x
        return sum(xs)
    """, "float64"),
    # one branch adds to the adjoint where `x` is defined, the other hands it on
    "alias_in_one_branch_use_in_another": ("""
        if n != 1:
            if n > 7:
                y, x = x, y
            elif A[-2, 0] < 0.26:
                A[0, -1] = A[2][2] * s * (x[1] + x[2] * x[0])
            else:
                y[[0, 3, 0]] = y[:3]
        k = 0
        while abs(s) < 0.9 and k < 3:
            k += 1
            A.T[-2] = y[:][[0, 2, 2]]
        return np.mean(A + A) + s
    """, "float64"),
    # the seed is a Python number: it does not make the adjoint of float32 a float32 everywhere
    "float32_maximum": ("""
        return np.max(A)
    """, "float32"),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("seed", range(3))
def test_right(name: str, seed: int) -> None:
    body, mode = PROGRAMS[name]
    lines = [line[4:] for line in body.strip("\n").splitlines()]
    verdict = check(Program(seed, HEAD + "\n".join(lines).rstrip() + "\n", mode), 3)
    assert verdict.kind == "right", verdict
