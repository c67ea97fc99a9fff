"""Collects what each app declares about itself in its AppConfig.

Lower apps show or check the words of higher ones (audit actions, API scopes, webhook events), and
one app runs the retention rules of all, without importing them: an app sets a mapping on its
AppConfig, and the app that uses it asks for all of them here.
"""

from functools import cache

from django.apps import apps
from django.utils.functional import Promise

Label = str | Promise


@cache
def declared_by_apps(attribute: str) -> dict[str, Label]:
    """Merge the mappings of this name from all app configs, lower apps first."""
    merged: dict[str, Label] = {}
    for config in reversed([*apps.get_app_configs()]):
        own: dict[str, Label] = getattr(config, attribute, {})
        if twice := merged.keys() & own.keys():
            raise ValueError(f"{config.name} declares {attribute} of another app: {sorted(twice)}")
        merged |= own
    return merged
