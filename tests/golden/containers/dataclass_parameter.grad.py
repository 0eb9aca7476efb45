from dataclass_parameter import Line


def dataclass_parameter_grad(model, x, dataclass_parameter_bar=1.0):
    """Gradient of dataclass_parameter with respect to model."""
    # forward sweep
    slope = model.slope
    offset = model.offset
    # reverse sweep
    offset_bar = dataclass_parameter_bar * (2.0 * (slope * x + offset))
    slope_bar = offset_bar * x
    return Line(slope=slope_bar, offset=offset_bar)
