"""A function that cannot be differentiated: `s2sad grad examples/refused.py:trusting` says why."""


def trusting(x: float, formula: str) -> float:
    scale = x * x
    return scale * eval(formula)
