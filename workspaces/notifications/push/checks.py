"""Refuses to start with a key that cannot sign pushes."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from workspaces.notifications.push import keys


@register()
def check_key(**_options: Any) -> list[CheckMessage]:
    try:
        keys.public_key()
    except ValueError:
        hint = "Make one with `manage.py vapid_key`, or leave it empty: push is off then."
        return [Error("VAPID_PRIVATE_KEY is no key of the curve P-256.", hint=hint)]
    return []
