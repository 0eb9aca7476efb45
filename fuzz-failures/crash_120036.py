# mode float64, seed 120036
# crash: ValueError: an array that is stored to was copied where its gradient needs a view; copy it before the store
import math
import numpy as np

def f(x, y, A, s, t, n, flag):
    m2 = A.T.reshape(3, 4)
    A[:] = m2
    return np.sum(m2)
