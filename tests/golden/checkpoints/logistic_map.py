# s2sad: wrt=x,r value=True
from s2sad import checkpointed


def logistic_map(x: float, r: float, n: int) -> float:
    for _ in checkpointed(range(n), slots=3):
        x = r * x * (1.0 - x)
    return x


EXAMPLES = [(0.3, 2.9, 0), (0.3, 2.9, 1), (0.3, 2.9, 2), (0.4, 3.1, 12)]
