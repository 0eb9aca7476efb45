"""Random compound statements: branches, loops, try blocks, functions of their own."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.containers import Block, Containers
from tests.fuzz.scope import ARRAYS, Helper

TRIPS = ("range(n)", "range(n)", "range(n)", "range(3)", "range(2, -1, -1)", "range(1)", "range(0)", "range(0, 3, 2)", "range(4)",
         "range(min(n, 3))", "range(2)", "range(5)", "range(1, n)", "range(n, 0, -1)", "range(1, 3)")  # fmt: skip
SMALL = {"range(3)", "range(2, -1, -1)", "range(1)", "range(0)", "range(0, 3, 2)", "range(min(n, 3))", "range(2)", "range(1, 3)"}


def indent(lines: Block) -> Block:
    return ["    " + line for line in lines]


class Control(Containers):
    """Statements with blocks. `loops` counts the loops around, `returns` is the kind that may be returned here."""

    loops: int = 0
    returns: str | None = "s"

    def statement(self, depth: int) -> Block:
        raise NotImplementedError

    def block(self, size: int, depth: int) -> Block:
        """Statements in a scope of their own: what they define is not visible afterwards."""
        outer = self.scope
        self.scope = outer.copy()
        lines: Block = []
        for _ in range(size):
            lines += self.statement(depth)
        self.scope = outer
        return lines or ["pass"]

    def size(self) -> int:
        return self.rng.randrange(1, 4)

    # --- branches ---------------------------------------------------------------------------------------------------

    def branch(self, depth: int) -> Block:
        condition = self.condition()
        outer = self.scope
        if self.chance(0.12):
            name = self.fresh("s")
            condition = f"({name} := {self.scalar(1)}) {self.pick(['>', '<'])} {self.number()}"
            outer.add("s", name)
        lines = [f"if {condition}:", *indent(self.block(self.size(), depth))]
        if self.chance(0.25):
            lines += [f"elif {self.condition()}:", *indent(self.block(self.size(), depth))]
        if self.chance(0.5):
            lines += ["else:", *indent(self.block(self.size(), depth))]
        if self.loops and self.chance(0.15):
            lines.append("    " + self.pick(["break", "continue"]))
        return lines

    def joined(self, depth: int) -> Block:
        """A name that all branches define."""
        kind = self.pick(["s", "v4", "v4", "v3", "m", "ls", "d", "o", "t"])
        name = self.fresh("z")
        lines: Block = []
        for header in (f"if {self.condition()}:", "else:"):
            before = self.block(self.rng.randrange(2), depth) if self.chance(0.5) else []
            lines += [header, *indent([*(line for line in before if line != "pass"), f"{name} = {self.draw(kind, 2)}"])]
        self.scope.add(kind, name)
        return lines

    def asserting(self) -> Block:
        return [self.pick([f"assert abs({self.scalar(1)}) < 1e6", f"assert np.all(np.isfinite({self.vector(1, 4)}))",
                           f"assert n >= 0 and {self.scalar(0)} < 1e9, 'too large'"])]  # fmt: skip

    # --- loops ------------------------------------------------------------------------------------------------------

    def loop_body(self, depth: int, bound: tuple[tuple[str, str], ...]) -> Block:
        outer = self.scope
        self.scope = outer.copy()
        for kind, name in bound:
            self.scope.add(kind, name, fixed=kind not in ("s", "i"))
        self.loops += 1
        lines: Block = []
        for _ in range(self.size()):
            lines += self.statement(depth)
        if self.chance(0.35):
            starts = [k for k, line in enumerate(lines) if not line.startswith((" ", "el", "ex", "fi"))]
            at = self.rng.choice([*starts, len(lines)])
            after = self.scope
            self.scope = outer.copy()
            for kind, name in bound:
                self.scope.add(kind, name)
            leave = self.pick(["break", "continue", "break"])
            if self.returns and self.chance(0.25):
                leave = f"return {self.draw(self.returns, 1)}"
            if self.chance(0.2):
                lines[at:at] = [f"if {self.condition()}:", f"    if {self.condition()}:", f"        {leave}"]
            else:
                lines[at:at] = [f"if {self.condition()}:", f"    {leave}"]
            self.scope = after
        self.loops -= 1
        self.scope = outer
        return lines

    def after_loop(self, depth: int) -> Block:
        if not self.chance(0.12):
            return []
        loops, self.loops = self.loops, 0
        lines = ["else:", *indent(self.block(1, depth))]
        self.loops = loops
        return lines

    def for_range(self, depth: int) -> Block:
        name, over = self.fresh("i"), self.pick(TRIPS)
        known = (("i", name),) if over in SMALL else ()
        return [f"for {name} in {over}:", *indent(self.loop_body(depth, known)), *self.after_loop(depth)]

    def for_each(self, depth: int) -> Block:
        a, b = self.fresh("e"), self.fresh("e")
        name, kind = self.array()
        items, vectors = self.some("ls"), self.some("lv")
        if items and self.chance(0.3):
            header, bound = self.rng.choice(
                [(f"for {a} in {items}[:]:", (("s", a),)), (f"for {a} in reversed({items}[:3]):", (("s", a),)),
                 (f"for {a}, {b} in enumerate({items}[:3]):", (("i", a), ("s", b))),
                 (f"for {a}, {b} in zip({items}[:], {name if kind != 'b' else items}):",
                  (("s", a), ("v4" if kind == "m" else "s", b)))])  # fmt: skip
        elif vectors and self.chance(0.4):
            header, bound = self.rng.choice(
                [(f"for {a} in {vectors}[:]:", (("v4", a),)), (f"for {b}, {a} in enumerate({vectors}[:3]):", (("i", b), ("v4", a))),
                 (f"for {a} in reversed({vectors}[:2]):", (("v4", a),))])  # fmt: skip
        elif kind == "b":
            header, bound = f"for {a} in {name}:", (("m", a),)
        elif kind == "m":
            header, bound = self.rng.choice(
                [(f"for {a} in {name}:", (("v4", a),)), (f"for {b}, {a} in enumerate({name}):", (("i", b), ("v4", a))),
                 (f"for {a} in {name}.T:", (("v3", a),)), (f"for {a}, {b} in zip({name}, {self.vector(1, 3)}):", (("v4", a), ("s", b)))])  # fmt: skip
        else:
            header, bound = self.rng.choice(
                [(f"for {a} in {name}:", (("s", a),)), (f"for {a}, {b} in zip({name}, {self.vector(1, 4)}):", (("s", a), ("s", b))),
                 (f"for {a}, {b} in enumerate({name}[:3]):", (("i", a), ("s", b))), (f"for {a} in reversed({name}):", (("s", a),)),
                 (f"for {a} in {name}[::2]:", (("s", a),)), (f"for {a}, {b} in zip({name}[1:], {name}):", (("s", a), ("s", b)))])  # fmt: skip
        return [header, *indent(self.loop_body(depth, bound)), *self.after_loop(depth)]

    def while_count(self, depth: int) -> Block:
        name = self.fresh("k")
        body = self.loop_body(depth, ())
        return [f"{name} = 0", f"while {name} < {self.pick(['n', 'n', '2', '4', '1', '0'])}:", f"    {name} += 1", *indent(body),
                *self.after_loop(depth)]  # fmt: skip

    def while_forever(self, depth: int) -> Block:
        name = self.fresh("k")
        body = self.loop_body(depth, ())
        stop = [f"    if {name} >= {self.pick(['n', '2', '4'])} or {self.condition()}:", "        break"]
        return [f"{name} = 0", "while True:", *stop, f"    {name} += 1", *indent(body)]

    def while_value(self, depth: int) -> Block:
        names, count = [n for n in self.scope.variables("s") if n in self.scope.assignable("s")], self.fresh("k")
        if not names:
            return self.while_count(depth)
        value = self.pick(names)
        outer = self.scope
        self.scope = outer.copy()
        body = self.loop_body(depth, ())
        self.scope = outer
        limit = self.pick(["1.1", "2.3", "0.4"])
        if self.chance(0.3):
            size = self.fresh("s")
            return [f"{count} = 0", f"while ({size} := abs({value})) < {limit} and {count} < 5:", f"    {count} += 1",
                    *indent(body), f"    {value} = 1.3 * {value} + 0.11 * {size} + 0.05"]  # fmt: skip
        return [f"{count} = 0", f"while abs({value}) < {limit} and {count} < 5:", f"    {count} += 1",
                *indent(body), f"    {value} = 1.3 * {value} + 0.11"]  # fmt: skip

    # --- try, with --------------------------------------------------------------------------------------------------

    def attempt(self, depth: int) -> Block:
        name = self.target("s")
        body: Block = []
        outer = self.scope
        self.scope = outer.copy()
        raising = [f"if {self.condition()}:", f"    raise {self.pick(['ValueError', 'KeyError'])}('no')"]
        if self.chance(0.4):
            checked = self.fresh("s")
            raising = [f"{checked} = checked({self.scalar(1)})"]
        if self.chance(0.75):
            # nothing that the handler sees has changed when the exception comes
            for _ in range(self.size() - 1):
                body += self.pick_of([self.assign, self.view])
            if self.chance(0.6):
                body += raising
            last = self.pick(["math.log({})", "math.sqrt({})", "np.sin({})", "checked({})"]).format(self.scalar(2))
            body.append(f"{name or self.fresh('s')} = {last}")
        else:
            simple: list[Callable[[], Block]] = [self.store, self.augmented, self.rebind, self.effect, self.view_stored, self.listing]
            inner = self.block(self.size(), depth) if self.chance(0.3) else self.pick_of(simple)
            body = [*inner, *raising, *self.pick_of(simple)]
        self.scope = outer
        handler = self.block(self.size(), depth)
        if name and self.chance(0.7):
            handler.append(f"{name} = {self.scalar(1)}")
        kinds = self.pick(["(ValueError, KeyError)", "(ValueError, KeyError)", "Exception", "(ValueError, KeyError) as error"])
        lines = ["try:", *indent(body), f"except {kinds}:", *indent(handler)]
        if self.chance(0.2):
            lines += ["else:", *indent(self.block(1, depth))]
        if self.chance(0.25):
            loops, self.loops, returns, self.returns = self.loops, 0, self.returns, None
            lines += ["finally:", *indent(self.block(1, 0))]
            self.loops, self.returns = loops, returns
        return lines

    def pick_of(self, choices: list[Callable[[], Block]]) -> Block:
        return choices[self.rng.randrange(len(choices))]()

    def errstate(self, depth: int) -> Block:
        return ["with np.errstate(all='ignore'):", *indent(self.block(self.size(), depth))]

    # --- functions --------------------------------------------------------------------------------------------------

    def local_function(self, depth: int) -> Block:
        """A closure or a lambda; it may store to what it captures, and rebind a name by `nonlocal`."""
        name, a = self.fresh("g"), self.fresh("a")
        kind, more = self.pick(["s", "v4", "v3"]), self.chance(0.3)
        takes = (kind, self.pick(["s", "v4"])) if more else (kind,)
        outer = self.scope
        self.scope = outer.copy()
        names = [a, self.fresh("a")][: len(takes)]
        for k, parameter in zip(takes, names):
            self.scope.add(k, parameter)
        self.scope.helpers = [h for h in self.scope.helpers if not h.local]
        if self.chance(0.4):
            lines = [f"{name} = lambda {', '.join(names)}: {self.draw(kind, 2)}"]
        else:
            loops, self.loops, returns, self.returns = self.loops, 0, self.returns, kind
            shared = [n for n in outer.variables("s") if n not in outer.fixed]
            body: Block = []
            if shared and self.chance(0.35):
                one = self.pick(shared)
                body = [f"nonlocal {one}", f"{one} = {one} * 0.5 + {self.pick(['0.1', names[0] if kind == 's' else '0.2'])}"]
            body += self.pure_block()
            if self.chance(0.3):
                body += self.leave(0)
            lines = [f"def {name}({', '.join(names)}):", *indent([*body, f"return {self.draw(kind, 2)}"])]
            self.loops, self.returns = loops, returns
        self.scope = outer
        self.scope.helpers.append(Helper(name, takes, kind, local=True))
        if self.chance(0.5):
            lines += self.define(kind, f"{name}({', '.join(self.draw(k, 1) for k in takes)})")
        return lines

    def pure_block(self) -> Block:
        """Statements of a closure: they read and store to what it captures but rebind only names of its own."""
        lines: Block = []
        for _ in range(self.rng.randrange(0, 3)):
            lines += self.pick_of([self.assign, self.store, self.view, self.effect, self.view_stored, self.swap_parts])
        return lines

    def leave(self, depth: int) -> Block:
        if not self.returns:
            return self.branch(depth)
        return [f"if {self.condition()}:", f"    return {self.draw(self.returns, 2)}"]


__all__ = ["ARRAYS", "Control", "indent"]
