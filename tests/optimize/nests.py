"""Random nests of loops that store to elements of a table, and read others: triangles, branches, slices, all directions."""

from __future__ import annotations

import random

RANGES = ["n", "1, n", "0, n, 2", "n - 1, -1, -1", "n - 2, 0, -1"]
INNER = [*RANGES, "{i}", "{i} + 1", "{i}, n", "{i} + 1, n", "{i}, -1, -1", "1, {i} + 1"]
TESTS = ["{i} == {j}", "{i} != {j}", "{i} > {j}", "{j} > 0", "{i} < n - 1", "x[{i}] > 0.5", "not {j} < {i}", "{i} <= {j}"]
PLACES = ["{i}, {j}", "{j}, {i}", "{i} - 1, {j}", "{i}, {j} - 1", "{i}, {i}", "{j}, {j}", "0, {j}", "{i}, 0", "{i} + 1, {j}", "{i}, {j} + 1", "{j} + 1, {i}"]
PARTS = ["{i}, :{j}", "{j}, :{i}", ":{i}, {j}", "{i}, {j}:", "{i}", "{i} - 1", "{j}", ":, {j}", "{i}, 1:{j} + 1", "{i} + 1:, {j}", ":{i}, :{j}"]


class Writer:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.lines: list[str] = []
        self.names = 0

    def program(self) -> str:
        self.lines = ["import math", "import numpy as np", "def f(x, n):"]
        zeros = self.rng.choice(["np.zeros((n + 1, n + 1))", "0.3 * np.ones((n + 1, n + 1))", "np.outer(x[: n + 1], x[: n + 1])"])
        self.line(1, f"D, E = {zeros}, np.zeros((n + 1, n + 1))")
        self.line(1, "total = 0.0")
        if self.rng.random() < 0.3:
            self.line(1, self.rng.choice(["D[0] = x[: n + 1]", "D[:, 0] = x[: n + 1]", "D[0, 0] = x[0]"]))
        for _ in range(self.rng.choice([1, 1, 2])):
            self.nest()
        ends = ["np.sum(D**2)", "np.sum(D * E)", "D[n - 1, n - 1]", "np.sum(np.diag(D) * x[: n + 1])", "np.sum(E)", "np.sum(D[0] * D[:, 0])"]
        self.line(1, f"return total + {self.rng.choice(ends)} + 0.1 * {self.rng.choice(ends)}")
        return "\n".join([*self.lines, ""])

    def line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def fill(self, text: str, names: tuple[str, str]) -> str:
        return text.replace("{i}", names[0]).replace("{j}", names[1])

    def nest(self) -> None:
        i, j = "i", "j"
        self.line(1, f"for {i} in {self.loop(RANGES, (i, j))}:")
        self.some(2, (i, "0" if self.rng.random() < 0.5 else "n"), 1)
        for _ in range(self.rng.choice([1, 1, 1, 2])):
            self.line(2, f"for {j} in {self.loop(INNER, (i, j))}:")
            self.some(3, (i, j), self.rng.choice([1, 2]))
            self.store(3, (i, j))
        self.some(2, (i, i), 1)

    def loop(self, ranges: list[str], names: tuple[str, str]) -> str:
        text = f"range({self.fill(self.rng.choice(ranges), names)})"
        return f"reversed({text})" if self.rng.random() < 0.15 else text

    def some(self, depth: int, names: tuple[str, str], most: int) -> None:
        for _ in range(self.rng.randint(0, most)):
            kind = self.rng.random()
            if kind < 0.35:
                self.line(depth, f"total = total + {self.value(names)}")
            elif kind < 0.6:
                self.store(depth, names)
            elif kind < 0.8:
                self.names += 1
                self.line(depth, f"t{self.names} = {self.value(names)}")
                self.line(depth, f"total = total + t{self.names} * t{self.names}")
            else:
                self.line(depth, f"if {self.fill(self.rng.choice(TESTS), names)}:")
                self.store(depth + 1, names)
                if self.rng.random() < 0.6:
                    self.line(depth, "else:")
                    self.store(depth + 1, names)

    def store(self, depth: int, names: tuple[str, str]) -> None:
        array = self.rng.choice(["D", "D", "D", "E"])
        place = PLACES[0] if self.rng.random() < 0.6 else self.rng.choice(PLACES)
        how = self.rng.choice(["=", "=", "=", "=", "+=", "*="])
        self.line(depth, f"{array}[{self.fill(place, names)}] {how} {self.value(names)}")

    def value(self, names: tuple[str, str]) -> str:
        forms = [
            "np.sin({0}) * {1}", "{0} / (2.0 + {1} * {1})", "math.exp(-{0} * {0})", "{0} - 0.5 * {1} * {2}", "np.tanh({0} + {1})", "{0} * {1}",
            "math.sqrt(1.0 + {0} * {0})", "({0} - {1}) / (1.5 + {2} * {2})",
        ]  # fmt: skip
        return self.rng.choice(forms).format(*(self.item(names) for _ in range(3)))

    def item(self, names: tuple[str, str]) -> str:
        array, kind = self.rng.choice(["D", "D", "D", "E"]), self.rng.random()
        if kind < 0.2:
            return f"x[{self.rng.choice(names)}]"
        if kind < 0.8:
            return f"{array}[{self.fill(self.rng.choice(PLACES), names)}]"
        return f"np.sum({array}[{self.fill(self.rng.choice(PARTS), names)}])"


FORMS = [
    "1.0 / x[{a}]", "1.0 / u[{a}]", "x[{a}] / u[{b}]", "s / x[{a}]", "s / u[{a}]", "x[{a}] / s", "x[{a}] / (1.0 + x[{b}] ** 2)", "math.exp(0.1 * x[{a}])",
    "R[{a}, {b}] / 2.0", "x[{a}] / R[{a}, {b}]", "n / u[{a}]", "np.sin(u[{a}])",
]  # fmt: skip


class Alike:
    """Writes one program that computes a few expressions in many places, and keeps some of them in tables stored to once."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.lines: list[str] = []
        self.tables: list[int] = []  # the number of axes of each
        self.names: list[str] = []  # the variables of the loops around
        self.left = 12
        self.forms = self.rng.sample(FORMS, self.rng.choice([2, 3]))
        self.range = self.rng.choice(["n", "n", "n", "1, n", "n - 1, -1, -1"])

    def program(self) -> str:
        while not self.tables:
            self.loop()
        start = ["import math", "import numpy as np", "def f(x, n):", "    total, s = 0.0, 0.3 + x[1] * x[1]"]
        start += ["    u = x[: n + 1] ** 2 + 0.5", "    R = 1.2 + np.outer(x[: n + 1], x[: n + 1]) ** 2"]
        start += [f"    T{k} = np.zeros(({'n + 2, ' * axes}))" for k, axes in enumerate(self.tables)]
        ends = " + ".join(f"np.sum(T{k} ** 2)" for k in range(len(self.tables)))
        return "\n".join([*start, *self.lines, f"    return total + s + np.sum(u) + {ends}", ""])

    def line(self, text: str) -> None:
        self.lines.append("    " * (len(self.names) + 1) + text)

    def value(self) -> str:
        a, b = (self.rng.choice(self.names) for _ in range(2))
        return self.rng.choice(self.forms).format(a=a, b=b)

    def loop(self) -> None:
        inner = [f"{self.names[-1]} + 1", f"{self.names[-1]}, n"] if self.names and self.rng.random() < 0.3 else [self.range]
        self.line(f"for {'ijk'[len(self.names)]} in range({self.rng.choice(inner)}):")
        self.names.append("ijk"[len(self.names)])
        for _ in range(self.rng.choice([2, 3, 4])):
            self.some()
        self.line(f"total += x[{self.names[-1]}] * ({self.value()})")
        self.names.pop()

    def some(self) -> None:
        self.left -= 1
        kind, i = self.rng.random(), self.rng.choice(self.names)
        if kind < 0.35 and len(self.tables) < 4:
            test = self.rng.choice(["", "", f"if {i} > 0: ", f"if {i} != {self.names[0]}: "])
            self.line(f"{test}T{len(self.tables)}[{', '.join(self.names)}] = {self.value()}")
            self.tables.append(len(self.names))
        elif kind < 0.5:
            self.line(f"s = 0.9 + 0.1 * s * x[{i}]")
        elif kind < 0.65:
            self.line(f"u[{i}] = u[{i}] * x[{i}] + 1.3")
        elif kind < 0.7:
            self.line(f"R[{i}, {self.names[0]}] = 0.3 + 0.2 * R[{self.names[0]}, {i}] ** 2")
        elif len(self.names) < 3 and self.left > 0:
            self.loop()
        else:
            self.line(f"total += ({self.value()}) * ({self.value()})")


__all__ = ["Alike", "Writer"]
