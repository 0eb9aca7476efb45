# s2sad: wrt=a,b value=False signature=live
"""A user's class with overloaded operators."""


class Dual:
    def __init__(self, value, slope):
        self.value = value
        self.slope = slope

    def __mul__(self, other):
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)


def operators(a, b):
    product = Dual(a, 1.0) * Dual(b, a)
    return product.value * product.slope


EXAMPLES = [(0.7, -0.4)]
