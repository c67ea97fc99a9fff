"""Make the report of a month as a PDF: read the figures, choose the contents, compile."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from campaigns.visibility import sees_all_results
from core.errors import ProblemError
from insights import periods, reading
from insights.brought.new_reviews import read_new_reviews
from insights.filters import EVERYTHING
from insights.month.facts import MonthFacts, count_resolved_cases, read_facts
from insights.month.months import Month
from insights.month.pdf.board import BoardContent, compose_board
from insights.month.pdf.document import Document
from insights.month.pdf.printable import has_unprintable_words
from insights.month.pdf.rendering import render_pdf
from insights.month.pdf.waiting_room import compose_sheet
from insights.month.quotes import cut
from insights.periods import Period, PeriodStep
from insights.series import SeriesPoint
from insights.topics.comments import find_asks
from messaging.models import Quote
from messaging.ratings import HAPPY_FROM
from workspaces.branding.brands import find_mail_brands
from workspaces.mail import supported_language
from workspaces.models import User, Workspace
from workspaces.practices import country_of

# Where people print on Letter, according to the CLDR. Elsewhere they print on A4.
LETTER_COUNTRIES = frozenset({"CL", "CO", "CR", "GT", "MX", "NI", "PA", "SV", "US", "VE"})
YEAR = timedelta(days=364)
QUOTES_READ, QUOTES_SHOWN = 20, 3
MAX_NAME = 100


class Edition(StrEnum):
    BOARD = "board"
    # The board's report without comments, because a mail is beyond our erasure.
    MAIL = "mail"
    WAITING_ROOM = "waiting-room"


@dataclass(frozen=True)
class MonthlyPdf:
    name: str
    content: bytes


def make_report(facts: MonthFacts, edition: Edition, *, reader: User) -> MonthlyPdf:
    """Return the report of these facts, which the reader may see.

    The sheet for the waiting room is in the language of the clinic. The others are in the active
    language, the reader's.
    """
    assert reader.workspace  # platform staff cannot open the page
    document = compose_report(facts, edition, reader=reader)
    document = replace(document, logo=_read_logo(reader.workspace))
    name = slugify(f"{document.kind} {facts.month} {document.clinic}")[:MAX_NAME].strip("-")
    return MonthlyPdf(f"{name}.pdf", render_pdf(document))


def read_month(workspace: Workspace, month: Month, *, reader: User) -> MonthFacts:
    """Read the facts of a month. Refuse one in which nobody was asked."""
    today, now = periods.latest_local_date(workspace), timezone.now()
    facts = read_facts(workspace, month, visible_to=reader, today=today, now=now)
    if not facts.now.asked:
        raise ProblemError(
            _("Nobody was asked in %(month)s, so there is no report. Choose another month.")
            % {"month": month.name}
        )
    return facts


def compose_report(facts: MonthFacts, edition: Edition, *, reader: User) -> Document:
    workspace = reader.workspace
    assert workspace  # platform staff cannot open the page
    paper = "us-letter" if country_of(workspace) in LETTER_COUNTRIES else "a4"
    if edition is Edition.WAITING_ROOM:
        language = supported_language(workspace.language)
        quotes = find_allowed_quotes(workspace, reader=reader, only_happy=True)
        with override(language):
            return compose_sheet(
                facts, quotes, clinic=workspace.name, language=language, paper=paper
            )
    return compose_board(
        _read_board(workspace, facts, edition, reader),
        clinic=workspace.name,
        language=get_language() or workspace.language,
        paper=paper,
    )


def find_allowed_quotes(workspace: Workspace, *, reader: User, only_happy: bool) -> list[str]:
    """Return the newest words of the last year that patients allowed and an owner published."""
    today = periods.latest_local_date(workspace)
    asks = find_asks(workspace, Period(today - YEAR, today), EVERYTHING, visible_to=reader)
    quotes = Quote.objects.within(workspace).in_force().filter(message__in=asks)
    if only_happy:
        quotes = quotes.filter(message__rating__gte=HAPPY_FROM)
    texts = quotes.order_by("-message_id").values_list("text", flat=True)[:QUOTES_READ]
    printable = [_shorten(text) for text in texts if not has_unprintable_words(text)]
    return list(dict.fromkeys(printable))[:QUOTES_SHOWN]


def _shorten(text: str) -> str:
    piece = cut(text)
    return piece if piece == text.strip() else f"{piece} …"


def _read_board(
    workspace: Workspace, facts: MonthFacts, edition: Edition, reader: User
) -> BoardContent:
    allowed: list[str] = []
    if edition is Edition.MAIL:
        allowed = find_allowed_quotes(workspace, reader=reader, only_happy=False)
    return BoardContent(
        facts=facts,
        series=_read_series(workspace, facts.month, reader),
        resolved_cases=count_resolved_cases(workspace, facts.month, visible_to=reader),
        allowed_quotes=allowed,
        has_comments=edition is Edition.BOARD,
        scope=_scope(reader),
        made_on=periods.latest_local_date(workspace),
        new_reviews=read_new_reviews(workspace, facts.month.period, visible_to=reader),
    )


def _read_logo(workspace: Workspace) -> Sequence[int]:
    """Return the bytes of the clinic's logo, or none of them."""
    brand = find_mail_brands([workspace.pk]).get(workspace.pk)
    return list(brand.logo) if brand else []


def _read_series(workspace: Workspace, month: Month, reader: User) -> Sequence[SeriesPoint]:
    """Return the 24 months up to this one."""
    period = Period(Month(month.year - 2, month.number).next.first, month.last)
    return reading.read_series(
        workspace, period, EVERYTHING, visible_to=reader, step=PeriodStep.MONTH
    )


def _scope(reader: User) -> str:
    """Say whose campaigns these are, where they are not those of the whole clinic."""
    if sees_all_results(reader):
        return ""
    return _("Only the campaigns of %(name)s.") % {"name": reader.name}
