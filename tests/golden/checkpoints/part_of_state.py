# s2sad: wrt=x value=False
from s2sad import checkpointed


def part_of_state(x: float, n: int) -> float:
    """The sum is no part of the state: the reverse sweep does not read it."""
    total = 0.0
    count = 0
    for t in checkpointed(range(2 * n, 0, -2), slots=2):
        if x > 1.0:
            x = x / 2.0
            count += 1
        x = x * x + 0.1 * count * t
        total += x
    return total


EXAMPLES = [(0.3, 0), (0.9, 1), (1.2, 6)]
