"""Health checks: whether this process is alive, and whether the installation can serve requests."""

from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from core import tenancy
from messaging.models import Sender
from workspaces.access import public

WORKER_SEEN = "worker-seen"


def database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() is not None


def redis() -> bool:
    cache.set("health", "1", timeout=5)
    return bool(cache.get("health") == "1")


def migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def worker() -> bool:
    seen = cache.get(WORKER_SEEN)
    return seen is not None and timezone.now().timestamp() - seen < settings.WORKER_SILENCE_LIMIT


CHECKS: dict[str, Callable[[], bool]] = {
    "database": database,
    "redis": redis,
    "migrations": migrations,
    "worker": worker,
}


@public("health check of a load balancer")
@never_cache
def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return HttpResponse("ok\n", content_type="text/plain")


@public("readiness check of a load balancer")
@never_cache
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    results = {name: run_check(check) for name, check in CHECKS.items()}
    status = 200 if all(result == "ok" for result in results.values()) else 503
    # Senders do not change the status, because pages must be served while a sender is paused.
    return JsonResponse({**results, "senders": senders()}, status=status)


def senders() -> str:
    """Return the number of paused senders, for those who monitor the installation."""
    try:
        with tenancy.platform("health"):
            paused = Sender.objects.filter(paused_at__isnull=False).count()
    except DatabaseError:
        return "unknown"
    return f"{paused} paused" if paused else "ok"


def run_check(check: Callable[[], bool]) -> str:
    try:
        return "ok" if check() else "no"
    except Exception:
        return "no"
