"""Celery tasks of public reviews. Each calls one action."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from reviews import alerts, labelling
from reviews.attribution import attributing
from reviews.connection import checks, mails, owner_checks, pushes, revocation
from reviews.google_errors import GoogleError
from reviews.push import intake
from reviews.replies import sending, suggesting
from reviews.sync import changes, sweep

# Over a day, with growing pauses: nothing else revokes this token.
REVOCATION_RETRIES = 40


@shared_task
def attribute_reviews() -> None:
    attributing.attribute_due_practices(now=timezone.now())


@shared_task
def check_connections() -> None:
    checks.check_connections()


@shared_task(autoretry_for=(OSError,), retry_backoff=5, max_retries=8)
def mail_lost_access(workspace_id: str, connection_id: str) -> None:
    mails.mail_lost_access(workspace_id=UUID(workspace_id), connection_id=UUID(connection_id))


@shared_task(
    autoretry_for=(GoogleError, OSError),
    retry_backoff=5,
    retry_backoff_max=3600,
    max_retries=REVOCATION_RETRIES,
)
def revoke_token(sealed_token: str, google_user_id: str) -> None:
    revocation.revoke_if_unused(sealed_token, google_user_id)


@shared_task(autoretry_for=(GoogleError,), retry_backoff=30, max_retries=5)
def listen_for_pushes(connection_id: str) -> None:
    pushes.listen_to_connection(UUID(connection_id))


@shared_task
def check_for_owner(connection_id: str, take_over: bool) -> None:
    owner_checks.check(UUID(connection_id), take_over=take_over)


@shared_task
def sync_changes() -> None:
    changes.sync_changes()


@shared_task
def sweep_locations() -> None:
    sweep.sweep_locations()


@shared_task
def prune_pushes() -> None:
    intake.prune_pushes()


@shared_task
def send_replies() -> None:
    sending.send_due_replies()


@shared_task
def write_suggestion(workspace_id: str, review_id: str, user_id: str) -> None:
    suggesting.write_suggestion(
        workspace_id=UUID(workspace_id), review_id=UUID(review_id), user_id=UUID(user_id)
    )


@shared_task
def label_reviews() -> None:
    labelling.label_reviews()


@shared_task
def alert_low_reviews() -> None:
    alerts.alert_low_reviews()
