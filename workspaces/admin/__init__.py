"""The platform's admin. The admins of other apps build on `workspaces.admin.base`."""

from workspaces.admin import branding, clinics, entitlements, legal, notifications, people, trail

__all__ = ["branding", "clinics", "entitlements", "legal", "notifications", "people", "trail"]
