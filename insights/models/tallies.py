"""Counted days of campaigns, and marks on the days that have to be counted again."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from campaigns.models import Campaign
from core.constraints import RowSecurity, SameWorkspace
from core.ids import uuid7
from core.models.base import TenantQuerySet, choices_constraint
from insights.staleness import MarksStaleDays
from workspaces.models import Workspace


class Facet(models.TextChoices):
    """What the tallies of a day are split by.

    Every day is stored in all facets. A reader takes the coarsest that it needs, so the number of
    rows that it reads grows with the days and not with the messages.
    """

    WHOLE = "whole"
    CHANNEL = "channel"
    DOCTOR = "doctor"
    TYPE = "type"
    CROSS = "cross"


class Tally(models.Model):
    """One day of a campaign in one facet. Columns that the facet does not split by are empty."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(
        Workspace,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    day = models.DateField()
    facet = models.CharField(max_length=8, choices=Facet)
    channel = models.CharField(max_length=8, blank=True)
    doctor = models.CharField(max_length=120, blank=True)
    appointment_type = models.CharField(max_length=80, blank=True)

    objects = TenantQuerySet["Tally"].as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.day} {self.facet}"


UNIQUE_FIELDS = ["campaign", "day", "facet", "channel", "doctor", "appointment_type"]


class DayTally(Tally):
    asked = models.PositiveIntegerField(default=0)
    delivered = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    clicked = models.PositiveIntegerField(default=0)
    opted_out = models.PositiveIntegerField(default=0)
    rated_1 = models.PositiveIntegerField(default=0)
    rated_2 = models.PositiveIntegerField(default=0)
    rated_3 = models.PositiveIntegerField(default=0)
    rated_4 = models.PositiveIntegerField(default=0)
    rated_5 = models.PositiveIntegerField(default=0)
    delivery_ms = models.BigIntegerField(default=0)
    deliveries_timed = models.PositiveIntegerField(default=0)
    response_ms = models.BigIntegerField(default=0)
    responses_timed = models.PositiveIntegerField(default=0)
    credits = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "facet", "day"], name="daytally_by_day"),
            models.Index(
                fields=["workspace", "facet", "doctor", "appointment_type", "channel", "day"],
                name="daytally_by_value",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=UNIQUE_FIELDS, name="insights_daytally_once"),
            choices_constraint("facet", Facet, name="insights_daytally_facet_known"),
            SameWorkspace(field="campaign", name="insights_daytally_campaign_fk"),
            RowSecurity(name="insights_daytally_row_security"),
        ]


class HourTally(Tally):
    """When the asks of a day were answered, by weekday and hour in local time."""

    weekday = models.PositiveSmallIntegerField()  # Monday is 1
    hours = ArrayField(models.PositiveIntegerField(), size=24)

    class Meta:
        indexes = [models.Index(fields=["workspace", "facet", "day"], name="hourtally_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=[*UNIQUE_FIELDS, "weekday"], name="insights_hourtally_once"
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__gte=1, weekday__lte=7, hours__len=24),
                name="insights_hourtally_a_day_of_24",
            ),
            choices_constraint("facet", Facet, name="insights_hourtally_facet_known"),
            SameWorkspace(field="campaign", name="insights_hourtally_campaign_fk"),
            RowSecurity(name="insights_hourtally_row_security"),
        ]


class FailureTally(Tally):
    error_code = models.CharField(max_length=20, blank=True)
    failed = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["workspace", "facet", "day"], name="failuretally_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=[*UNIQUE_FIELDS, "error_code"], name="insights_failuretally_once"
            ),
            choices_constraint("facet", Facet, name="insights_failuretally_facet_known"),
            SameWorkspace(field="campaign", name="insights_failuretally_campaign_fk"),
            RowSecurity(name="insights_failuretally_row_security"),
        ]


class StaleDay(models.Model):
    """A mark: something of that day changed since it was counted.

    It has no foreign keys, because one is inserted with almost every change of a message.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    workspace_id = models.UUIDField()
    campaign_id = models.UUIDField()
    day = models.DateField()

    objects = TenantQuerySet["StaleDay"].as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["workspace_id", "day", "campaign_id"], name="staleday_of_workspace"
            )
        ]
        constraints = [
            RowSecurity(name="insights_staleday_row_security"),
            MarksStaleDays(name="insights_staleday_marks"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.day}"
