# s2sad: wrt=x value=False signature=x: float, delta: float
"""Early return: the branch is tested again, nothing is recorded."""


def huber(x, delta):
    a = abs(x)
    if a <= delta:
        return 0.5 * x * x
    return delta * (a - 0.5 * delta)


EXAMPLES = [(0.3, 1.0), (-3.0, 1.0), (3.0, 1.0)]
