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
    """Do nothing. With a receiver connected, Celery does not change the logging of the settings."""


@celeryd_after_setup.connect
def load_addresses(**_kwargs: Any) -> None:
    """Import all views before the worker's processes are forked.

    Messages contain links, and the first `reverse` imports all views, which takes a second or two.
    """
    from django.urls import get_resolver

    list(get_resolver().url_patterns)
