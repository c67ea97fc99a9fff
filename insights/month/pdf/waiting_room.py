"""The sheet for the waiting room: one page that any patient may read.

It has the figures of the whole clinic, the topics that patients praise, and words that the patient
allowed to be shown and an owner published. Complaints, practices, doctors and what is to be done
stay inside: they are about people who cannot answer on a wall.
"""

from collections.abc import Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import ProblemError
from insights.figures import FEWEST_DRAWN
from insights.month.facts import MonthFacts
from insights.month.pdf.document import Document, Hero, PrintedQuote, Voices
from insights.month.pdf.drawings import draw_bars
from insights.month.summary import summarize
from insights.templatetags.figures import dash


def compose_sheet(
    facts: MonthFacts, quotes: Sequence[str], *, clinic: str, language: str, paper: str
) -> Document:
    """Return the sheet. Refuse a month that is not over or has too few ratings."""
    _require_enough(facts)
    kind, month = _("What our patients say"), facts.month.name
    return Document(
        is_sheet=True,
        language=language,
        paper=paper,
        title=f"{kind}: {clinic}, {month}",
        clinic=clinic,
        month=capfirst(month),
        kind=kind,
        hero=_hero(facts),
        footer=_footer(has_quotes=bool(quotes)),
        page_of="",
        bars=draw_bars(facts.now, None),
        voices=[
            Voices(
                heading=_("What they praise most"),
                intro="",
                topics=_topics(facts),
                quotes=[PrintedQuote(f"“{text}”", "") for text in quotes],
                is_praise=True,
            )
        ],
    )


def _require_enough(facts: MonthFacts) -> None:
    if not facts.is_over:
        raise ProblemError(
            _("%(month)s is not over. The sheet for the waiting room is made of a whole month.")
            % {"month": facts.month.name}
        )
    if not facts.now.is_drawable:
        raise ProblemError(
            _(
                "Fewer than five patients rated in %(month)s, so there is nothing to hang up yet. "
                "Choose another month."
            )
            % {"month": facts.month.name}
        )


def _hero(facts: MonthFacts) -> Hero:
    text = ngettext(
        "%(rated)s patient rated their visit.",
        "%(rated)s patients rated their visit.",
        facts.now.rated,
    )
    note = text % {"rated": dash(facts.now.rated)}
    return Hero(dash(facts.now.average, 1), _("of 5"), note, facts.now.average)


def _topics(facts: MonthFacts) -> list[tuple[str, str]]:
    """Return what some patients praise. One or two of them are not enough to say so on a wall."""
    praised = summarize(facts).praised
    return [(str(line.topic.label), "") for line in praised if line.visits >= FEWEST_DRAWN]


def _footer(*, has_quotes: bool) -> str:
    asked = _("We ask by message after the visit. Patients rate it from 1 to 5 stars.")
    allowed = _("Their words are shown with their permission.")
    return f"{asked} {allowed}" if has_quotes else asked
