"""What to do about a refusal, where the place that refuses has nothing more special to say."""

from __future__ import annotations

import re

_HINTS = [
    (re.compile(pattern), hint)
    for pattern, hint in (
        ("may or may not have been assigned when the exception", "compute it in a new name, and give it its value in else: or after the try"),
        ("was deleted", "leave out the del"),
        ("^(this )?del ", "leave out the del, or build a new container"),
        ("context manager that depends on", "leave differentiated values out of the with statement: pass them to a function"),
        ("an object is used where", "pass its attributes; of the user's classes only those written in Python are followed"),
        ("a local function is used where", "call it by its name; functions cannot be put into a list that a loop fills"),
        ("is used where a run-time value is needed", "use arrays, lists, tuples, dicts and objects of classes written in Python"),
        ("cannot be iterated over", "iterate over a list or an array, or over indices: for i in range(len(...))"),
        ("has a metaclass", "use a plain class"),
        ("changes its structure from one iteration|the types in this loop do not settle|different one in each iteration",
         "keep the same kind of value, with the same keys and length, in all iterations; a list may grow by append"),
        ("max\\(\\) with key=|min\\(\\) with key=|comparing objects", "compare numbers: the attributes or the results of the key"),
        ("method .* of a run-time container", "write the loop, or use a NumPy array"),
        ("it is not known what the method", "make the call with values that are not differentiated, or give it a rule with @s2sad.adjoint"),
        ("with a computed name", "write the name of the attribute out"),
        ("copying this", "make the new object yourself, with copies of the arrays in it"),
        ("has no attribute .* here", "set it before, in __init__ for example"),
        ("is out of range|is not in the dict", "Python raises the error here, too; test for it with `if`, not with `try`"),
        ("the name .* is not defined", "define or import it first; names of comprehensions end with them"),
        ("number of starred arguments", "give the arguments one by one, or annotate the parameter: its number of axes has to be known"),
        ("the attribute .* of a function", "leave it out: functions have no attributes here"),
    )
]  # fmt: skip


def hint_for(message: str) -> str:
    """The hint for a message, empty if there is none."""
    return next((hint for pattern, hint in _HINTS if pattern.search(message)), "")
