"""What an API key may be allowed to do. Each app declares the scopes of its own resources."""

from collections.abc import Iterable

from core.registry import Label, declared_by_apps


def all_scopes() -> dict[str, Label]:
    """Return every scope with its label, in the order in which pages show them."""
    return declared_by_apps("api_scopes")


def describe_scopes(scopes: Iterable[str]) -> str:
    """Return the labels of these scopes as one line for people."""
    labels = all_scopes()
    return " · ".join(str(labels.get(scope, scope)) for scope in scopes)


def scope_choices() -> list[tuple[str, str]]:
    return [(scope, str(label)) for scope, label in all_scopes().items()]
