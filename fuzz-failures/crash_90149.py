# mode zero-dim, seed 90149
# crash: UnboundLocalError: cannot access local variable 'result' where it is not associated with a value
import math
import numpy as np

def f(x, y, A, s, t, n, flag):
    if t >= 1.0:
        if x:
            return s
    return 1.0
