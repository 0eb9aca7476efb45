# s2sad: wrt=x value=False signature=x: float
"""Module-level constants."""

COEFFICIENTS = (1.0, -0.5, 0.25)
SCALES = {"linear": 2.0}


def global_table(x):
    s = 0.0
    for k, c in enumerate(COEFFICIENTS):
        s += c * x**k
    return SCALES["linear"] * s


EXAMPLES = [(0.7,)]
