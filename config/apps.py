from django.apps import AppConfig
from django.contrib.admin import apps


class Shell(AppConfig):
    name = "config"

    def ready(self) -> None:
        """The web server wakes tasks too, and without this by a broker that is not ours."""
        import config.celery  # noqa: F401


class StaffAdmin(apps.AdminConfig):
    """Django's admin, opened by our own site: see `config.staff_site`."""

    default = False  # for "django.contrib.admin" only where the settings name it
    default_site = "config.staff_site.StaffSite"

    def ready(self) -> None:
        super().ready()
        # Late, because the rooms of other packages can be rearranged only once they stand.
        from django.contrib.admin import site

        from config.admin import rearrange

        rearrange(site)
