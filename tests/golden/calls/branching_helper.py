# s2sad: wrt=x value=False signature=x: float
"""A helper with an early return, called in a loop."""


def leaky(t):
    if t > 0.0:
        return t
    return 0.1 * t


def branching_helper(x):
    s = x
    for k in range(4):
        s = leaky(s * s - 0.5)
    return s * x


EXAMPLES = [(0.7,), (1.4,)]
