"""Every piece of the design system on one page, for developers, if DEBUG is on."""

from datetime import date, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.templatetags.icons import DRAWINGS
from insights.figures import Figures
from insights.periods import PeriodStep
from insights.reading import FigureGroup, HourCounts
from insights.series import SeriesPoint
from workspaces.access import public

THEMES = ("light", "dark")
COLOURS = {
    "Ground": ("paper", "surface", "sunken", "line", "edge"),
    "Ink": ("ink", "ink-soft", "on-fill"),
    "Brand": ("brand", "brand-deep", "brand-wash"),
    "Attention": ("coral", "coral-deep", "coral-wash"),
    "States": ("good", "good-wash", "warn", "warn-wash", "info", "info-wash"),
    "Panel": ("panel", "panel-raised", "panel-ink", "panel-star", "panel-spark"),
}
MONDAY = date(2026, 6, 1)
WELL = Figures(asked=60, delivered=57, answered=41, clicked=15, rated_5=30, rated_4=6, rated_1=5)
BADLY = Figures(asked=20, delivered=18, answered=9, clicked=1, rated_5=4, rated_3=2, rated_1=3)
TOO_FEW = Figures(asked=6, delivered=6, answered=3, rated_5=3)
WEEKS = [
    (WELL, BADLY),
    (BADLY, BADLY),
    (TOO_FEW, WELL),
    (Figures(), WELL),
    (WELL, WELL),
    (WELL, BADLY),
]
NOON, EVENING = 12, 19


class Visit(forms.Form):
    """A field of each kind. Submit it empty to see the errors."""

    name = forms.CharField(label="Name", help_text="As the patient is called.")
    email = forms.EmailField(label="E-mail", required=False)
    practice = forms.ChoiceField(label="Practice", choices=[("", "Choose one"), ("1", "Centro")])
    channel = forms.ChoiceField(
        label="Channel", choices=[("sms", "SMS"), ("mail", "E-mail")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    code = forms.CharField(label="Code", required=False)
    password = forms.CharField(label="Password", required=False, widget=forms.PasswordInput)
    consent = forms.BooleanField(
        label="Daily lists", required=False, help_text="It does not end by itself."
    )


@public("shows our own components and no data, where DEBUG is on")
def page(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("theme", "")
    context = {
        "theme": asked if asked in THEMES else "",
        "themes": THEMES,
        "colours": COLOURS,
        "icons": DRAWINGS,
        "forms": [Visit(auto_id="empty_%s"), Visit({"email": "ana@"}, auto_id="wrong_%s")],
        "points": [
            SeriesPoint(MONDAY + timedelta(weeks=week), PeriodStep.WEEK, figures, before)
            for week, (figures, before) in enumerate(WEEKS)
        ],
        "figures": WELL,
        "hours": HourCounts(tuple(_answers(weekday) for weekday in range(7))),
        "groups": [
            FigureGroup("1", "Centro", WELL),
            FigureGroup("2", "Norte", BADLY),
            FigureGroup("3", "Sur", TOO_FEW),
        ],
    }
    return render(request, "dev/styleguide.html", context)


def _answers(weekday: int) -> tuple[int, ...]:
    """Return counts by hour: many at noon and in the evening, fewer late in the week."""
    return tuple((7 - weekday) * (hour in {NOON, EVENING}) for hour in range(24))
