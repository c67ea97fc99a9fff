"""The history of half a year: visits, lists, asks and their outcomes."""

from collections import Counter
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Sum

from core.models import AuditEvent
from dev.demo_data.story import DEMO
from dev.demo_data.today import CAMPAIGN, TODAY
from messaging.dispatch.sweeping import retry_failed
from messaging.models import Feedback, InboundMessage, Message, MessageStatus
from patients.lists.cells import ListRow
from patients.lists.fields import Field
from patients.lists.row_reader import RowReader
from patients.lists.survey import Survey
from patients.models import Import, ImportProblem, Patient, Suppression
from patients.people.facts import Refusal
from tests.dev.demo_data.rows import NOON, ZONE, asks, share


def test_no_time_of_the_history_is_in_the_future() -> None:
    for model in (Message, InboundMessage, Feedback, Import, ImportProblem, Suppression):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.DateTimeField):
                assert not model._default_manager.filter(**{f"{field.name}__gt": NOON}).exists()


def test_history_has_1500_visits_in_half_a_year() -> None:
    visits = Patient.objects.filter(workspace_id=DEMO.id).exclude(campaign__name=CAMPAIGN)
    days = set(visits.values_list("appointment_time__date", flat=True))

    assert visits.count() == 1500
    assert timedelta(days=170) < max(days) - min(days) < timedelta(days=190)
    assert max(days) >= NOON.date() - timedelta(days=4)
    assert not [day for day in days if day.weekday() == 6]
    assert visits.values("doctor_name").distinct().count() == 3
    assert visits.values("campaign").distinct().count() == 4
    assert visits.values("campaign__practice").distinct().count() == 2


def test_ids_are_in_the_order_of_the_times() -> None:
    for model in (Message, Patient, InboundMessage, AuditEvent):
        at = "at" if model is AuditEvent else "created_at"
        moments = model._default_manager.filter(workspace_id=DEMO.id).order_by("id")
        told = [moment.replace(microsecond=0) for moment in moments.values_list(at, flat=True)]
        assert told == sorted(told)


def test_patients_come_from_lists_with_some_refused_rows() -> None:
    lists = Import.objects.filter(workspace_id=DEMO.id)
    rows = lists.aggregate(new=Sum("rows_new"), refused=Sum("rows_refused"))

    assert rows["new"] == 1500
    assert rows["refused"] == ImportProblem.objects.filter(workspace_id=DEMO.id).count() > 5
    for found in lists:
        numbers = [*found.patients.values_list("row_number", flat=True)]
        numbers += found.problems.values_list("row_number", flat=True)
        assert {*numbers} == {*range(2, found.rows_read + 2)}
        assert len(numbers) == found.rows_read


def test_refused_rows_match_the_reader_of_lists() -> None:
    listed = Import.objects.filter(workspace_id=DEMO.id, rows_refused__gt=0).latest("id")
    assert listed.will_be_asked + sum(listed.forecast.values()) == listed.rows_read
    reader = RowReader(
        survey=Survey.from_json(listed.survey),
        mapping={Field(field): label for field, label in listed.mapping.items()},
        date_order=listed.date_order,
        country="EC",
        zone=ZONE,
        language="es",
    )

    for problem in ImportProblem.objects.filter(workspace_id=DEMO.id):
        refused = reader.read(ListRow(problem.row_number, problem.cells))
        assert isinstance(refused, Refusal)
        assert (refused.reason, refused.details) == (problem.reason, problem.details)


def test_asked_patients_had_consent_no_opt_out_and_no_recent_ask() -> None:
    suppressed = dict(Suppression.objects.values_list("address", "at"))
    asked: dict[str, datetime] = {}
    for patient in Patient.objects.filter(workspace_id=DEMO.id).order_by("asked_at"):
        address = patient.phone or patient.email
        if patient.asked_at is None:
            assert not patient.has_consent or patient.phone in TODAY
            continue
        assert patient.has_consent
        assert suppressed.get(address, patient.asked_at) >= patient.asked_at
        if address in asked:
            assert patient.asked_at - asked[address] > timedelta(days=30)
        asked[address] = patient.asked_at


def test_asks_are_sent_within_sending_hours() -> None:
    hours = asks().exclude(sent_at=None).values_list("sent_at", flat=True)

    assert {moment.astimezone(ZONE).hour for moment in hours} <= set(range(8, 20))


def test_few_asks_fail_and_none_is_retried() -> None:
    states = Counter(asks().values_list("status", flat=True))

    assert 2 < share(states[MessageStatus.FAILED], asks().count()) < 5
    assert 0 < share(states[MessageStatus.CANCELLED], asks().count()) < 2
    assert not states[MessageStatus.PENDING]
    assert not asks().filter(status=MessageStatus.FAILED, error="").exists()
    assert retry_failed(now=NOON) == 0


def test_audit_trail_has_the_beginnings_and_the_last_acts() -> None:
    trail = AuditEvent.objects.filter(workspace_id=DEMO.id).order_by("id")
    acts = list(trail.values_list("action", flat=True))

    assert acts[:3] == ["workspace.open", "practice.create", "practice.create"]
    assert acts[-2:] == ["doctor.photo", "campaign.create"]
    assert acts.count("campaign.activate") == 4
