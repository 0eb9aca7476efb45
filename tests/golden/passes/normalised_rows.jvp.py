import numpy as np


def normalised_rows_jvp(x, gain, shift, *, x_dot, gain_dot, shift_dot):
    """Value of normalised_rows and its tangent along those of x, gain and shift."""
    mean = np.mean(x, axis=-1, keepdims=True)
    mean_dot = np.mean(x_dot, axis=-1, keepdims=True)
    difference = x - mean
    difference_dot = x_dot - mean_dot
    variance = np.mean(difference**2, axis=-1, keepdims=True)
    variance_dot = np.mean(difference_dot * (2.0 * difference), axis=-1, keepdims=True)
    sqrt = np.sqrt(variance + 1e-05)
    quotient = gain * difference / sqrt
    quotient_dot = (gain_dot * difference + difference_dot * gain) / sqrt
    total_dot = quotient_dot - variance_dot * 0.5 / sqrt / sqrt * quotient + shift_dot
    sum_ = np.sum(quotient + shift)
    sum_dot = np.sum(total_dot)
    return sum_, sum_dot
