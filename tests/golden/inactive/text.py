# s2sad: wrt=x value=False signature=x: float
"""Strings, prints and f-strings have no derivative and are not repeated in the reverse sweep."""


def text(x):
    """Square of x."""
    label = f"x = {x:.3f}"
    print(label)
    return x * x


EXAMPLES = [(0.7,)]
