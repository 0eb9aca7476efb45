"""A walk through automatic differentiation, on the function of the classic introduction.

    y = w1 * w2 + sin(w1)    at (w1, w2) = (2, 3)

Run `python examples/walkthrough.py`. It shows the function one operation at a time, its derivatives worked by
hand in forward and in reverse, the gradient source that s2sad writes, and how that gradient compares with
finite differences and with a symbolic derivative. For the source alone:

    s2sad grad examples/walkthrough.py:y --wrt w1,w2
"""

from __future__ import annotations

import math

import numpy as np

import s2sad


def y(w1: float, w2: float) -> float:
    w3 = w1 * w2
    w4 = np.sin(w1)
    w5 = w3 + w4
    return w5


AT = (2.0, 3.0)


def heading(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}")


def show_function() -> None:
    heading("The function")
    print(f"y(w1, w2) = w1*w2 + sin(w1)\ny{AT} = {float(y(*AT))!r}")
    heading("Its elementary form: one operation per statement, every variable assigned once")
    print(s2sad.source(y, wrt=("w1", "w2"), stage="elementary").rstrip())


def tangents(w1: float, w2: float, w1_dot: float, w2_dot: float) -> list[float]:
    """Forward mode: push the direction (w1_dot, w2_dot) through the statements, first to last."""
    w3_dot = w1_dot * w2 + w1 * w2_dot
    w4_dot = w1_dot * math.cos(w1) + 0.0  # no "-0.0" in the table
    w5_dot = w3_dot + w4_dot
    return [w1_dot, w2_dot, w3_dot, w4_dot, w5_dot]


def adjoints(w1: float, w2: float) -> list[float]:
    """Reverse mode: start from w5_bar = 1 and pull it back through the statements, last to first."""
    w5_bar = 1.0
    w4_bar = w5_bar
    w3_bar = w5_bar
    w2_bar = w3_bar * w1
    w1_bar = w3_bar * w2 + w4_bar * math.cos(w1)
    return [w1_bar, w2_bar, w3_bar, w4_bar, w5_bar]


def show_modes() -> None:
    w1, w2 = AT
    statements = ["w1 = 2", "w2 = 3", "w3 = w1 * w2", "w4 = sin(w1)", "w5 = w3 + w4"]
    values = [w1, w2, w1 * w2, math.sin(w1), w1 * w2 + math.sin(w1)]
    along_w1, along_w2, adjoint = tangents(w1, w2, 1.0, 0.0), tangents(w1, w2, 0.0, 1.0), adjoints(w1, w2)

    heading("Both modes by hand")
    print("A tangent is the derivative of a variable along an input: read down, one pass per input.")
    print("An adjoint is the derivative of y by a variable: read up, one pass for all inputs.\n")
    print(f"{'statement':14s}{'value':>10s}{'tangent (w1)':>15s}{'tangent (w2)':>15s}{'adjoint':>10s}")
    for row in zip(statements, values, along_w1, along_w2, adjoint):
        print("{:14s}{:10.6f}{:15.6f}{:15.6f}{:10.6f}".format(*row))
    print(f"\nforward: dy/dw1 = {along_w1[-1]!r}, dy/dw2 = {along_w2[-1]!r}   (last row, two passes)")
    print(f"reverse: dy/dw1 = {adjoint[0]!r}, dy/dw2 = {adjoint[1]!r}   (first two rows, one pass)")


def show_source() -> tuple[float, float]:
    heading("The gradient that s2sad writes")
    print(s2sad.source(y, wrt=("w1", "w2")).strip())
    w1_bar, w2_bar = s2sad.grad(y, wrt=("w1", "w2"))(*AT)
    print(f"\ns2sad:   dy/dw1 = {float(w1_bar)!r}, dy/dw2 = {float(w2_bar)!r}")
    return float(w1_bar), float(w2_bar)


def show_differences(w1_bar: float) -> None:
    """Errors of two difference quotients for dy/dw1 as the step shrinks."""
    w1, w2 = AT
    heading("Finite differences for dy/dw1")
    print("A large step is wrong by truncation, a small one by round-off; the best still loses digits.\n")
    print(f"{'step':>8s}{'forward error':>16s}{'central error':>16s}")
    best = math.inf
    for exponent in range(1, 15):
        h = 10.0**-exponent
        forward = abs((y(w1 + h, w2) - y(w1, w2)) / h - w1_bar)
        central = abs((y(w1 + h, w2) - y(w1 - h, w2)) / (2.0 * h) - w1_bar)
        best = min(best, forward, central)
        print(f"{h:8.0e}{forward:16.1e}{central:16.1e}")
    print(f"\nsmallest error of any step: {best:.1e}; the gradient above has no step and no such error")


def symbolic() -> tuple[str, float, float]:
    """Where the formula comes from, and dy/dw1 and dy/dw2 computed from it."""
    try:
        import sympy
    except ImportError:
        w1, w2 = AT
        return "by hand (SymPy is not installed): w2 + cos(w1), w1", w2 + math.cos(w1), w1
    s1, s2 = sympy.symbols("w1 w2")
    formula = s1 * s2 + sympy.sin(s1)
    by_w1, by_w2 = sympy.diff(formula, s1), sympy.diff(formula, s2)
    point = {s1: int(AT[0]), s2: int(AT[1])}
    return f"SymPy: {by_w1}, {by_w2}", float(by_w1.subs(point)), float(by_w2.subs(point))


def show_symbolic(w1_bar: float, w2_bar: float) -> None:
    heading("A symbolic derivative")
    origin, by_w1, by_w2 = symbolic()
    print(origin)
    print(f"value:   dy/dw1 = {by_w1!r}, dy/dw2 = {by_w2!r}")
    print(f"difference from s2sad: {abs(by_w1 - w1_bar):.1e}, {abs(by_w2 - w2_bar):.1e}")


def main() -> None:
    show_function()
    show_modes()
    gradient = show_source()
    show_differences(gradient[0])
    show_symbolic(*gradient)


if __name__ == "__main__":
    main()
