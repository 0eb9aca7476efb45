# s2sad: wrt=x value=False
import numpy as np

from s2sad import checkpointed


def two_levels(x: float, n: int, m: int, k: int) -> float:
    for i in checkpointed(range(n), slots=k):
        for _ in checkpointed(range(m)):
            x = np.sin(x) + 0.1 * i
        x = x * x
    return x


EXAMPLES = [(0.7, 0, 2, 1), (0.7, 2, 0, 1), (0.7, 4, 3, 2)]
