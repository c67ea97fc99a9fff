"""Measure how late asks leave while a worker labels a backlog of comments, and what that takes."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from statistics import quantiles
from subprocess import Popen
from uuid import UUID

from celery import Celery
from django.core.management.base import CommandError
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from dev.benches import Case, comments, world
from dev.benches.database import own_database
from dev.benches.memory import most_taken
from dev.benches.working import (
    DISPATCH,
    LABEL,
    PLAN,
    broker,
    queue_of,
    sink,
    ticking,
    wait_until,
    worker,
)
from messaging.models import Message, TextLabels
from patients.models import Patient
from templates_app.models import MessageType

LATENCY_MS = 100
APART = timedelta(seconds=0.2)
WARM_UP = 5
MEMORY_MB = 150

Workers = dict[str, "Popen[bytes]"]


def measure(*, unread: int, seconds: int) -> list[Case]:
    """Return the cases of `bench fairness` about labelling, measured on a database of their own."""
    with own_database("labelling") as servers, sink(latency_ms=LATENCY_MS) as twilio:
        world.shared_sender()
        [clinic, *crowd] = world.running_campaigns(4)
        comments.unread_comments(unread, crowd)
        clock = broker(servers)
        with workers({**servers, **twilio}) as running, ticking(clock, PLAN, DISPATCH):
            _ask(clinic, WARM_UP)
            alone = _ask(clinic, seconds)
            beside = _ask_beside_labelling(clinic, seconds, clock)
            labeller, planner = (most_taken(running[queue_of(task)].pid) for task in (LABEL, PLAN))
    return [
        Case(
            f"asks beside {unread:,} unread comments",
            beside,
            alone,
            "seconds from due to sent, p95",
            at_most=1.5,
        ),
        Case("memory to label them", labeller - planner, MEMORY_MB, "MB more", at_most=1),
    ]


@contextmanager
def workers(environment: Mapping[str, str]) -> Iterator[Workers]:
    """Run a process for each queue, so that two tasks share one where production lets them."""
    with ExitStack() as stack:
        queues = {queue_of(task) for task in (PLAN, DISPATCH, LABEL)}
        yield {
            queue: stack.enter_context(worker(environment, queue=queue)) for queue in sorted(queues)
        }


def _ask_beside_labelling(clinic: UUID, seconds: int, clock: Celery) -> float:
    """Label one run after the other. The schedule leaves minutes between two."""
    with ticking(clock, LABEL):
        wait_until(lambda: _labelled() > 0)
        before = _labelled()
        late = _ask(clinic, seconds)
    if _labelled() == before:
        raise CommandError("No comment was labelled while asks were sent.")
    return late


def _labelled() -> int:
    with tenancy.platform("bench"):
        return TextLabels.objects.count()


def _ask(campaign: UUID, seconds: int) -> float:
    """Let an ask become due every fifth of a second. Return by how much 95 % are late at most."""
    asked = _upcoming_patients(campaign, round(timedelta(seconds=seconds) / APART))
    time.sleep(seconds)

    def late() -> list[float]:
        with tenancy.platform("bench"):
            sent = Message.objects.filter(
                patient__in=asked, type=MessageType.INITIAL, sent_at__isnull=False
            ).values_list("patient", "sent_at")
            return [(at - asked[patient]).total_seconds() for patient, at in sent if at]

    wait_until(lambda: len(late()) == len(asked))
    return quantiles(late(), n=20)[-1]


def _upcoming_patients(campaign_id: UUID, number: int) -> dict[UUID, datetime]:
    """Insert patients whose asks become due one after the other. Return when each is due."""
    with tenancy.platform("bench"):
        campaign = Campaign.objects.get(pk=campaign_id)
        delay = timedelta(hours=campaign.scheduled_hours_after)
        first, place = timezone.now() + APART, campaign.patients.count()
        patients = Patient.objects.bulk_create(
            Patient(
                workspace_id=campaign.workspace_id,
                campaign=campaign,
                name="Ana María Peña",
                phone=f"+5939{place + n:08}",
                appointment_time=first + n * APART - delay,
                has_consent=True,
                consent_at=first,
            )
            for n in range(number)
        )
    return {patient.pk: patient.appointment_time + delay for patient in patients}
