from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import RowSecurity
from core.models.base import BaseModel


class CostDay(BaseModel):
    """How far the provider's list of one day's messages has been read for prices.

    Prices appear up to a day after a message, so a day is read a few times, later each time.
    """

    day = models.DateField(_("day (UTC)"), unique=True)
    passes = models.PositiveSmallIntegerField(_("times read"), default=0)
    next_page = models.TextField(
        _("next page"), blank=True, help_text=_("Where a reading that is under way goes on.")
    )
    unpriced = models.PositiveIntegerField(
        _("without a price"), default=0, help_text=_("Messages of this reading.")
    )
    other_costs = models.JSONField(
        _("other costs"),
        default=dict,
        blank=True,
        help_text=_("By currency: what belongs to no message here, such as answers and tests."),
    )
    next_pass_at = models.DateTimeField(_("to be read"), null=True, blank=True)

    class Meta:
        verbose_name = _("day of costs")
        verbose_name_plural = _("days of costs")
        constraints = [RowSecurity(name="messaging_costday_row_security", platform_only=True)]

    def __str__(self) -> str:
        return str(self.day)
