# s2sad: wrt=x,a value=False signature=x: float, a: float
"""A nested function that reads an active value of its scope."""


def captured(x, a):

    def g(t):
        return a * t * t

    return g(x) + g(2.0 * x)


EXAMPLES = [(0.7, -0.4)]
