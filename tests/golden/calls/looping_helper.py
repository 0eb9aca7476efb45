# s2sad: wrt=x,r value=False signature=x: float, r: float
"""A helper with a loop, called twice."""


def iterate(x, r, n):
    for _ in range(n):
        x = r * x * (1.0 - x)
    return x


def looping_helper(x, r):
    a = iterate(x, r, 3)
    return a * iterate(a, r, 2)


EXAMPLES = [(0.3, 3.1)]
