import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

from config import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
embedded.ensure()

app = Celery("reputation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_kwargs: Any) -> None:
    """Connecting is enough: Celery then leaves the logging of the settings alone."""
