"""A request's parameters as Stripe reads them: `items[0][price]=…`, and nothing else."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl

from dev.doubles.stripe.problems import RefusedError

PART = re.compile(r"\[([^\]]*)\]")
INDEX = re.compile(r"\[\d*\]")
# A number in a place where a list's index stands.
EVERYWHERE = ("expand[]",)
TRUE, FALSE = "true", "false"

Tree = dict[str, Any]


class Form:
    """Some of the parameters, with where they stand, so that a refusal can name its parameter."""

    def __init__(self, tree: Tree, path: str = "") -> None:
        self.tree = tree
        self.path = path

    def __contains__(self, name: str) -> bool:
        return name in self.tree

    def name(self, name: str) -> str:
        return f"{self.path}[{name}]" if self.path else name

    def text(self, name: str, default: str = "") -> str:
        value = self.tree.get(name, default)
        if not isinstance(value, str):
            raise RefusedError.invalid(f"Invalid string: {value}", self.name(name))
        return value

    def required(self, name: str) -> str:
        if not (value := self.text(name)):
            raise RefusedError.missing(self.name(name))
        return value

    def one_of(self, name: str, known: Collection[str], default: str = "") -> str:
        value = self.text(name, default)
        if value and value not in known:
            options = ", ".join(known)
            raise RefusedError.invalid(
                f"Invalid {self.name(name)}: must be one of {options}", self.name(name)
            )
        return value

    def number(self, name: str, default: int | None = None) -> int | None:
        text = self.text(name)
        if not text:
            return default
        if not re.fullmatch(r"-?\d+", text):
            raise RefusedError.invalid(
                f"Invalid integer: {text}", self.name(name), code="parameter_invalid_integer"
            )
        return int(text)

    def flag(self, name: str, *, default: bool = False) -> bool:
        text = self.text(name)
        if text not in ("", TRUE, FALSE):
            raise RefusedError.invalid(f"Invalid boolean: {text}", self.name(name))
        return text == TRUE if text else default

    def part(self, name: str) -> "Form":
        value = self.tree.get(name, {})
        if not isinstance(value, dict):
            raise RefusedError.invalid("Invalid object", self.name(name))
        return Form(value, self.name(name))

    def parts(self, name: str) -> list["Form"]:
        return [
            Form(value, f"{self.name(name)}[{index}]")
            for index, value in enumerate(self._values(name))
            if isinstance(value, dict)
        ]

    def texts(self, name: str) -> list[str]:
        return [value for value in self._values(name) if isinstance(value, str)]

    def metadata(self, name: str = "metadata") -> dict[str, str]:
        return {key: str(value) for key, value in self.part(name).tree.items()}

    def _values(self, name: str) -> list[Any]:
        value = self.tree.get(name, {})
        if value == "":  # how a list is emptied
            return []
        if not isinstance(value, dict):
            raise RefusedError.invalid("Invalid array", self.name(name))
        return list(value.values())


def read(text: str, accepts: Iterable[str]) -> Form:
    known = {*accepts, *EVERYWHERE}
    tree: Tree = {}
    unnumbered = 0
    for key, value in parse_qsl(text, keep_blank_values=True):
        if not is_known(key, known):
            raise RefusedError(
                400,
                "invalid_request_error",
                f"Received unknown parameter: {key}",
                code="parameter_unknown",
                param=key,
            )
        *places, last = steps(key)
        inner = tree
        for place in places:
            inner = inner.setdefault(place, {})
            if not isinstance(inner, dict):
                raise RefusedError.invalid("Invalid object", key)
        if not last:  # `expand[]=…` has no number: one of its own keeps the order
            last, unnumbered = f"+{unnumbered}", unnumbered + 1
        inner[last] = value
    return Form(tree)


def steps(key: str) -> Iterator[str]:
    head, bracket, rest = key.partition("[")
    yield head
    yield from PART.findall(bracket + rest)


def is_known(key: str, known: Collection[str]) -> bool:
    """`metadata[*]` is any name in it, `features[**]` whatever is in it, as deep as it goes.

    An empty value may stand for the whole of a part.
    """
    pattern = INDEX.sub("[]", key)
    if pattern.partition("[")[0] + "[**]" in known:
        return True
    if pattern in known or re.sub(r"\[[^\]]+\]$", "[*]", pattern) in known:
        return True
    return any(each.startswith(f"{pattern}[") for each in known)
