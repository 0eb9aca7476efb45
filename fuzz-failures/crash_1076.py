# mode zero-dim, seed 1076
# crash: UnboundLocalError: cannot access local variable 'result' where it is not associated with a value

def f(x, y, A, s, t, n, flag):
    if s:
        pass
    elif x:
        return s
    return t
