from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from config.health import WORKER_SEEN


@shared_task
def heartbeat() -> None:
    """Store that a worker runs tasks, for the health check."""
    cache.set(WORKER_SEEN, timezone.now().timestamp(), timeout=3600)
