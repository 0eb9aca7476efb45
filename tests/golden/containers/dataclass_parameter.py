# s2sad: wrt=model value=False signature=live
"""A dataclass in, a dataclass out."""

import dataclasses


@dataclasses.dataclass
class Line:
    slope: float
    offset: float


def dataclass_parameter(model: Line, x: float):
    return (model.slope * x + model.offset) ** 2


EXAMPLES = [(Line(0.7, -0.4), 2.0)]
