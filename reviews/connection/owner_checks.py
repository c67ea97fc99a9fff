"""What an owner has Google asked at once: the locations, and whether it tells us of new reviews.

A request is one transaction, and Google may take long to answer. So a worker asks, and the page
looks for the outcome: an error is kept on the connection.
"""

from uuid import UUID

from celery import current_app
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from core import tenancy
from reviews.connection import locations, pushes
from reviews.google_errors import GoogleError
from reviews.models import ConnectionStatus, GoogleConnection

TASK = "reviews.tasks.check_for_owner"
# The page stops looking after so long, if no worker has taken the task.
WAITED_SECONDS = 120


def begin_check(connection: GoogleConnection, *, take_over: bool = False) -> None:
    """Ask Google after the commit. `take_over`: replace another tool's topic with ours."""
    cache.set(_key(connection.pk), 1, WAITED_SECONDS)
    arguments = [str(connection.pk), take_over]
    transaction.on_commit(lambda: current_app.send_task(TASK, arguments), robust=True)


def is_checking(connection: GoogleConnection) -> bool:
    """Return whether a check has begun and has not ended."""
    return bool(cache.get(_key(connection.pk)))


def check(connection_id: UUID, *, take_over: bool) -> None:
    """Ask Google, and make all reviews due if it answers."""
    with tenancy.platform("check that an owner asked for"):
        connected = GoogleConnection.objects.filter(status=ConnectionStatus.CONNECTED)
        connection = connected.filter(pk=connection_id).first()
    try:
        if connection:
            _ask_google(connection, take_over=take_over)
    finally:
        cache.delete(_key(connection_id))


def _ask_google(connection: GoogleConnection, *, take_over: bool) -> None:
    try:
        locations.refresh_locations(connection)
        pushes.listen(connection, take_over=take_over)
    except GoogleError:
        return  # The calls have kept it on the connection, and the page explains it.
    with tenancy.within(connection.workspace_id):
        locations.look_for_changes(connection, now=timezone.now())


def _key(connection_id: UUID) -> str:
    return f"google-check:{connection_id}"
