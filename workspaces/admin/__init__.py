"""Floor 1 in the platform's admin. The floors above build on `base`."""

from workspaces.admin import announcing, clinics, keys, money, payments, people, trail

__all__ = ["announcing", "clinics", "keys", "money", "payments", "people", "trail"]
