# s2sad: wrt=x,y value=False signature=x: float, y: float
"""An element of a list is replaced."""


def list_store(x, y):
    items = [x, y, x * y]
    items[0] = items[1] * items[2]
    return items[0] * items[2]


EXAMPLES = [(0.7, -0.4)]
