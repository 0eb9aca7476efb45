"""Random statements on lists, dicts, tuples and objects."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.views import Block, Views


class Containers(Views):
    """Statements that make containers and objects, change them and store through them."""

    def make(self) -> Block:
        kind = self.pick(["ls", "lv", "ll", "lo", "d", "dv", "do", "t", "tv", "nt", "o", "o", "st", "st"])
        return self.define(kind, self.made(kind))

    def listing(self) -> Block:
        """Lists of floats and of vectors: they grow, and what was appended is popped."""
        kind, element = ("ls", "s") if self.chance(0.6) else ("lv", "v4")
        name = self.some(kind)
        if not name or self.chance(0.2):
            return self.define(kind, self.made(kind))
        value, other = self.draw(element, 1), self.draw(element, 0)
        options: list[Block] = [[f"{name}.append({value})"], [f"{name}.append({value})"], [f"{name}[0] = {value}"],
                                [f"{name}.insert(0, {value})"], [f"{name}.extend([{value}, {other}])"], [f"{name} += [{value}]"],
                                [f"{name}[-1] = {name}[0]"], [f"{name}[0], {name}[-1] = {name}[-1], {name}[0]"],
                                [f"{name}.reverse()"], [f"{name}[:1] = [{value}, {other}]"], [f"{name}[1:] = [{value}]"],
                                [f"{name}.insert(1, {value})", f"del {name}[0]"], [f"{name}.append({name}[0])"],
                                [f"{name}.extend({name}[:1])"]]  # fmt: skip
        if element == "s":
            options += [[f"{name}[-1] += {value}"], [f"{name}[0] *= {value}"], [f"{name} += ({value}, {other})"],
                        [f"{name}.extend({self.vector(1, 3)})"], [f"{name}.extend(2.0 * e for e in {name}[:2])"]]  # fmt: skip
        else:
            options += [[f"{name}[-1] += {value}"], [f"{name}[0][{self.index()}] = {self.scalar(1)}"],
                        [f"{name}[-1][1:] *= {self.scalar(0)}"], [f"{name}.append({name}[0][::-1])"]]  # fmt: skip
        if self.chance(0.3):
            got = self.fresh("p")
            at = self.pick(["", "", "0", "-1", "1"])
            choice = [f"{name}.append({value})", *([f"{name}.append({other})"] if at == "1" else []), f"{got} = {name}.pop({at})"]
            self.scope.add(element, got)
            return choice
        return options[self.rng.randrange(len(options))]

    def changing_while_iterated(self) -> Block:
        """Loops whose bodies change what they iterate over, and the items of iterators that Python computes late."""
        name, e, k = self.some("ls"), self.fresh("e"), self.fresh("k")
        if not name:
            return self.listing()
        total = self.fresh("s")
        options: list[Block] = [
            [f"for {k}, {e} in enumerate({name}):", f"    {name}[-1] {self.pick(['+=', '-=', '='])} {e} * {self.scalar(0)}"],
            [f"for {e} in {name}{self.rare('', '[:]')}:", f"    if len({name}) < 4:", f"        {name}.append({e} * {self.number()})"],
            [f"for {e} in reversed({name}):", f"    {name}[0] = {e} + {self.scalar(0)}"],
            [f"for {e}, {k} in zip({name}, {name}[:2]):", f"    {name}[0] += {k}", f"    {name}[-1] *= {e}"],
            [f"while len({name}) > 1 and {name}.pop() < {self.number()}:", f"    {name}[0] = {name}[0] * 0.7 + {name}[-1]"],
            [f"{name}.extend({e} * {self.rare(f'len({name})', self.number())} for {e} in {self.vector(0, 3)})"],
            [f"{total} = sum([{name}[0] * {e} for {e} in {name}])"],
            [f"{total} = 0.0", f"for {e} in ({k} * {name}[0] for {k} in {self.vector(0, 4)}):", f"    {total} += {e}",
             *([f"    {name}[0] = {total}"] if self.chance(0.02) else [])],
            [f"{k} = -1", f"for {k}, {e} in enumerate({self.vector(0, 4)}[:n]):", f"    if {e} > {self.number()}:", "        break",
             f"{total} = {k} * {self.scalar(0)}"],
        ]  # fmt: skip
        lines = options[self.rng.randrange(len(options))]
        if any(line.startswith(f"{total} =") for line in lines):
            self.scope.add("s", total)
        return lines

    def indices(self) -> Block:
        """A list of indices that grows and changes."""
        name, kind = self.array(("v4", "v3"))
        i, k = self.fresh("at"), self.fresh("k")
        lines = [f"{i} = [{self.pick(['0', '1', '2'])}]", f"for {k} in range({self.pick(['n', '2', '3'])}):", f"    {i}.append({k} % 3)"]
        lines += self.pick_lines([[f"{name}[{i}] *= {self.scalar(0)}"], [f"{name}[{i}] += {name}[{i}] * {self.number()}", f"{i}[0] = 2"],
                                  [f"{i}.pop()", f"{name}[{i}] = {self.scalar(1)}"]])  # fmt: skip
        got = self.fresh("s")
        self.scope.add("s", got)
        return [*lines, f"{got} = np.sum({name}[{i}] ** 2)"]

    def pick_lines(self, options: list[Block]) -> Block:
        return options[self.rng.randrange(len(options))]

    def copied_list(self) -> Block:
        """A list made from another."""
        kind = self.pick(["ls", "lv"])
        name = self.some(kind)
        if not name:
            return self.listing()
        forms = ["{}[:]", "list({})", "{}.copy()", "list(reversed({}))", "{}[::-1]", "{} + {}", "[e * 0.5 for e in {}]", "{}[:2]",
                 "[e for e in {}]"]  # fmt: skip
        return self.define(kind, self.pick(forms).replace("{}", name))

    def nested_list(self) -> Block:
        name = self.some("ll")
        if not name:
            return self.define("ll", self.made("ll"))
        return [self.pick([f"{name}[0].append({self.scalar(1)})", f"{name}[1][0] += {self.scalar(1)}", f"{name}[1] = [{self.scalar(1)}]",
                           f"{name}[0][-1] = {self.scalar(1)}", f"{name}[1] = {name}[0]", f"{name}[0], {name}[1] = {name}[1], {name}[0]",
                           f"{name}[1] = {name}[0][:]"])]  # fmt: skip

    def mapping(self) -> Block:
        kind, element = ("d", "s") if self.chance(0.6) else ("dv", "v4")
        name = self.some(kind)
        if not name or self.chance(0.2):
            return self.define(kind, self.made(kind))
        keys, value = (("a", "b") if kind == "d" else ("p", "q")), self.draw(element, 1)
        key, e, k = self.pick(keys), self.fresh("e"), self.fresh("key")
        options: list[Block] = [
            [f"{name}['{key}'] = {value}"], [f"{name}['{key}'] += {value}"], [f"{name}.update({key}={value})"],
            [f"{name}.update({{'{key}': {value}}})"], [f"{name}['{keys[0]}'] = {name}['{keys[1]}']"],
            [f"{name}['z'] = {value}", f"{name}.pop('z')"], [f"{name}.setdefault('{key}', {value})"],
            [f"for {k} in {name}:", f"    {name}[{k}] = {name}[{k}] * {self.number()}"],
            [f"for {k} in ('{keys[0]}', '{keys[1]}'):", f"    {name}[{k}] {self.pick(['=', '+='])} {value}"],
            [f"for {k}, {e} in {name}.items():", f"    {name}[{k}] = {e} + {self.scalar(0)}"],
            [f"{name} = dict({name}, {key}={value})"] if name in self.scope.variables(kind) else [f"{name}['{key}'] -= {value}"],
        ]  # fmt: skip
        if kind == "d":
            total = self.fresh("s")
            options += [[f"{total} = 0.0", f"for {k}, {e} in {name}.items():", f"    {total} += {e} * {self.scalar(0)}"],
                        [f"{total} = sum({name}.values())"], [f"{total} = {name}.setdefault('zz', {value})", f"{name}['zz'] += 0.5"],
                        [f"{total} = {name}.pop('w', {value})"]]  # fmt: skip
            choice = options[self.rng.randrange(len(options))]
            if any(line.startswith(total) for line in choice):
                self.scope.add("s", total)
            return choice
        options += [[f"{name}['{key}'][{self.index()}] = {self.scalar(1)}"], [f"{name}['{key}'][1:] += {self.scalar(1)}"],
                    [f"for {e} in {name}.values():", f"    {e} *= {self.number()}"],
                    [f"for {k}, {e} in {name}.items():", f"    {e}[{self.index()}] += {self.scalar(0)}"]]  # fmt: skip
        return options[self.rng.randrange(len(options))]

    def packing(self) -> Block:
        kind = self.pick(["t", "tv", "nt"])
        name = self.some(kind)
        if not name or self.chance(0.4):
            return self.define(kind, self.made(kind))
        first = "v4" if kind == "tv" else "s"
        a, b = self.fresh("p"), self.fresh("v")
        self.scope.add(first, a)
        self.scope.add("v4", b)
        return [f"{a}, {b} = {name}"]

    def objects(self) -> Block:
        """Attributes of objects, their methods, and functions that change them."""
        name = self.some("o")
        if not name or self.chance(0.2):
            return self.define("o", self.made("o"))
        got = self.fresh("s")
        options: list[Callable[[], Block]] = [
            lambda: [f"{name}.k = {self.scalar(1)}"], lambda: [f"{name}.w[{self.index()}] += {self.scalar(1)}"],
            lambda: [f"{name}.w = {self.vector(1, 4)}"], lambda: [f"{name}.step({self.scalar(1)})"],
            lambda: [f"{name}.k *= {self.scalar(1)}"], lambda: [f"{got} = {name}.step({self.scalar(1)})"],
            lambda: [f"{got} = {name}({self.scalar(1)})"], lambda: [f"{got} = {name}.energy * {self.scalar(0)}"],
            lambda: [f"kick({name}, {self.scalar(1)})"], lambda: [f"act = {name}.step", f"{got} = act({self.scalar(1)})"], lambda: [f"{name}.k, {name}.w[0] = {name}.w[0], {name}.k"],
            lambda: [f"{name}.half = {self.scalar(1)}"], lambda: [f"{name}.note = {self.scalar(1)}", f"{got} = {name}.note"],
        ]  # fmt: skip
        lines = options[self.rng.randrange(len(options))]()
        if lines[-1].startswith(f"{got} ="):
            self.scope.add("s", got)
        return lines

    def states(self) -> Block:
        name = self.some("st")
        if not name or self.chance(0.2):
            return self.define("st", self.made("st"))
        options = [f"{name}.k = {self.scalar(1)}", f"{name}.w[{self.index()}] += {self.scalar(1)}", f"{name}.u = {self.vector(1, 3)}",
                   f"advance({name}, {self.scalar(0)})", f"{name}.k += {self.scalar(1)}", f"{name}.u[1:] *= {self.scalar(0)}",
                   f"advance({name})", f"{name}.w, {name}.k = {name}.w * {self.number()}, {name}.w[1]", f"scale_in_place({name}.w, {self.scalar(0)})"]  # fmt: skip
        if self.chance(0.2):
            return self.define("st", f"advance({name}, {self.scalar(0)})")
        if self.chance(0.15):
            return self.define("st", f"replace({name}, k={self.scalar(1)})")
        return [self.pick(options)]

    def object_loop(self) -> Block:
        """A loop over a fixed list (or dict) of objects that changes them."""
        kind = self.pick(["lo", "lo", "do"])
        name, each, k = self.some(kind), self.fresh("o"), self.fresh("k")
        if not name:
            return self.define(kind, self.made(kind))
        body = [self.pick([f"{each}.k = {each}.k * 0.5 + {self.scalar(1)}", f"{each}.w[{self.index()}] = {self.scalar(1)}",
                           f"{each}.w = {each}.w * {self.scalar(0)}", f"{each}.step({self.scalar(0)})", f"kick({each}, {self.scalar(0)})",
                           f"{each}.w += {each}.k"]) for _ in range(self.rng.randrange(1, 3))]  # fmt: skip
        if kind == "do":
            header = self.pick([f"for {each} in {name}.values():", f"for {k}, {each} in {name}.items():"])
        else:
            header = self.pick([f"for {each} in {name}:", f"for {k}, {each} in enumerate({name}):", f"for {each} in reversed({name}):"])
        return [header, *(f"    {line}" for line in body)]

    def twice_passed(self) -> Block:
        """One array for two parameters of a helper that stores to both, or two views of one."""
        kind = self.pick(["v4", "v4", "m"])
        name = self.some(kind)
        if not name:
            return self.assign()
        a, b = self.pick([name, f"{name}[::-1]"]), self.pick([name, name, self.some(kind) or name])
        if self.chance(0.3):
            return [f"mix({name}[1:], {name}[:-1])"]
        return [f"mix({a}, {b}{self.pick(['', f', {self.scalar(0)}'])})"]
