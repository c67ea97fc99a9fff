from collections.abc import Mapping
from typing import TypeVar

from django import template

register = template.Library()

K = TypeVar("K")
V = TypeVar("V")


@register.filter
def of(found: Mapping[K, V], key: K) -> V | str:
    return found.get(key, "")
