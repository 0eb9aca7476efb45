# s2sad: wrt=x value=False signature=x: float
from s2sad import adjoint_of


def folded(x, depth):
    y = x * x + 0.1
    with adjoint_of(y) as y_bar:
        print("depth", depth, y_bar)
    return y if depth == 0 else folded(y, depth - 1)


def recursion(x, depth: int):
    """A block in a recursive function runs in its reverse part, the deepest call first."""
    return folded(x, depth)


EXAMPLES = [(0.6, 0), (0.6, 3)]
