"""Read every URL of the project from its URL configuration."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from tests.guards.tenants import APPS

CONVERTER = re.compile(r"<(?:(?P<type>\w+):)?(?P<name>\w+)>")
MODELS = {
    model.__name__.lower(): model
    for label in APPS
    for model in apps.get_app_config(label).get_models()
}


@dataclass(frozen=True)
class Address:
    route: str
    view: Callable[..., Any]

    @property
    def is_ours(self) -> bool:
        return self.view.__module__.split(".")[0] in APPS

    @property
    def access(self) -> str | None:
        return getattr(self.view, "access", None)

    @property
    def is_public(self) -> bool:
        return (self.access or "").startswith("public")

    @property
    def is_api(self) -> bool:
        return self.access == "api"

    @property
    def is_a_pattern(self) -> bool:
        """A regular expression, which cannot be filled in. Plain routes lead to the same views."""
        return "(" in self.route or "\\" in self.route

    @property
    def names(self) -> list[str]:
        """The arguments of the route, without the underscore behind `import_`."""
        return [match["name"].removesuffix("_") for match in CONVERTER.finditer(self.route)]

    @property
    def identifies_rows(self) -> bool:
        return bool(self.names) and all(name in MODELS for name in self.names)

    def path(self, **values: Any) -> str:
        return "/" + CONVERTER.sub(
            lambda match: str(values[match["name"].removesuffix("_")]), self.route
        )


def walk() -> list[Address]:
    return list(_walk(get_resolver(), ""))


def ours() -> list[Address]:
    return [address for address in walk() if address.is_ours]


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield Address(route, pattern.callback)
