# s2sad: wrt=x value=False signature=x: float
"""A `while` inside a `for`: one tape per loop, or one for both."""


def nested_while(x):
    total = 0.0
    for k in range(3):
        y = x + k
        while y > 1.0:
            y = 0.5 * y * (1.0 + 0.1 * x)
        total += y * y
    return total


EXAMPLES = [(0.7,), (2.0,)]
