# s2sad: wrt=x,rate value=False signature=live
"""A local object whose method changes an attribute in a loop."""


class Accumulator:
    def __init__(self, rate):
        self.rate = rate
        self.total = 0.0

    def add(self, value):
        self.total = self.total * self.rate + value * value


def object_state(x, rate, n):
    accumulator = Accumulator(rate)
    for k in range(n):
        accumulator.add(x + k)
    return accumulator.total


EXAMPLES = [(0.7, 0.5, 3), (0.7, 0.5, 0)]
