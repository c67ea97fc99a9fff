"""Floor 1 in the platform's admin. The floors above build on `base`."""

from workspaces.admin import clinics, money, people, trail

__all__ = ["clinics", "money", "people", "trail"]
