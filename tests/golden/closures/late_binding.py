# s2sad: wrt=x value=False signature=x: float
"""A closure sees the value at the time of the call, not of its definition."""


def late_binding(x):
    scale = x

    def g(t):
        return scale * t

    first = g(x)
    scale = x * x
    return first + g(x)


EXAMPLES = [(0.7,)]
