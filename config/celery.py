import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_after_setup, setup_logging

from config import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
embedded.ensure()

app = Celery("reputation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_kwargs: Any) -> None:
    """Connecting is enough: Celery then leaves the logging of the settings alone."""


@celeryd_after_setup.connect
def load_addresses(**_kwargs: Any) -> None:
    """Import every view before the worker's processes are forked.

    A message has links, and building the first one imports all views. In the process that sends it
    the first patient would wait a second or two for that.
    """
    from django.urls import get_resolver

    list(get_resolver().url_patterns)
