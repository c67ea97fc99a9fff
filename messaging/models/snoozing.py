"""Rows that a member puts aside until a time. The time alone brings them back, without a task."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def awake(now: datetime) -> Q:
    return Q(snoozed_until=None) | Q(snoozed_until__lte=now)


def asleep(now: datetime) -> Q:
    return Q(snoozed_until__gt=now)


class Snoozable(models.Model):
    snoozed_until = models.DateTimeField(
        _("snoozed until"), null=True, blank=True, db_default=None, editable=False
    )

    class Meta:
        abstract = True

    @property
    def is_snoozed(self) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > timezone.now()
