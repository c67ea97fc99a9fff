"""A request's parameters as Stripe reads them: `items[0][price]=…`."""

import re
from typing import Any
from urllib.parse import parse_qsl

from dev.doubles.stripe.problems import RefusedError

PART = re.compile(r"\[([^\]]*)\]")

Tree = dict[str, Any]


class Form:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def __contains__(self, name: str) -> bool:
        return name in self.tree

    def text(self, name: str, default: str = "") -> str:
        return str(self.tree.get(name, default))

    def required(self, name: str) -> str:
        if not (value := self.text(name)):
            raise RefusedError.missing(name)
        return value

    def number(self, name: str) -> int | None:
        return int(text) if (text := self.text(name)) else None

    def flag(self, name: str, *, default: bool = False) -> bool:
        return self.text(name) == "true" if name in self else default

    def part(self, name: str) -> "Form":
        return Form(self.tree.get(name) or {})

    def parts(self, name: str) -> list["Form"]:
        return [Form(value) for value in self.part(name).tree.values()]

    def texts(self, name: str) -> list[str]:
        return [*self.part(name).tree.values()]

    def metadata(self) -> dict[str, str]:
        return {key: str(value) for key, value in self.part("metadata").tree.items()}


def parse(text: str) -> Form:
    tree: Tree = {}
    for number, (key, value) in enumerate(parse_qsl(text, keep_blank_values=True)):
        head, bracket, rest = key.partition("[")
        *places, last = head, *PART.findall(bracket + rest)
        inner = tree
        for place in places:
            inner = inner.setdefault(place, {})
        inner[last or f"+{number}"] = value  # `expand[]=…` has no number of its own
    return Form(tree)
