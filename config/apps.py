from django.apps import AppConfig
from django.contrib.admin import apps


class Shell(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Load the Celery app, because the web server sends tasks too and needs its broker."""
        import config.celery  # noqa: F401


class StaffAdmin(apps.AdminConfig):
    """Django's admin with our own site: see `config.staff_site`."""

    default = False  # used only where the settings name it
    default_site = "config.staff_site.StaffSite"

    def ready(self) -> None:
        super().ready()
        # Here, because other packages have registered their admins by now.
        from django.contrib.admin import site

        from config.admin import replace_third_party_admins

        replace_third_party_admins(site)
