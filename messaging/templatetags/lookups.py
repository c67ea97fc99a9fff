from collections.abc import Mapping
from typing import TypeVar

from django import template

register = template.Library()

K = TypeVar("K")
V = TypeVar("V")


@register.filter
def of(mapping: Mapping[K, V], key: K) -> V | str:
    return mapping.get(key, "")
