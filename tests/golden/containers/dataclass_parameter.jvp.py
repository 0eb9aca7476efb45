def dataclass_parameter_jvp(model, x, *, model_dot):
    """Value of dataclass_parameter and its tangent along those of model."""
    slope = model.slope
    offset = model.offset
    slope_dot = model_dot.slope
    offset_dot = model_dot.offset
    total = slope * x + offset
    power = total**2
    power_dot = (slope_dot * x + offset_dot) * (2.0 * total)
    return power, power_dot
