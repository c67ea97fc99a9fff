"""The report for the board: what the month's page says, in the order of a printed report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.brought.new_reviews import NewReviews
from insights.certainty import means_differ, ratings_of, shares_differ
from insights.figures import FEW_ANSWERS, Figures
from insights.home.comparison import compare_figures
from insights.month.facts import MonthFacts
from insights.month.pdf.document import Document, Hero, Points, PrintedQuote, Table, Voices
from insights.month.pdf.drawings import draw_bars, draw_trend
from insights.month.pdf.printable import has_unprintable_words
from insights.month.quotes import PatientQuote
from insights.month.ranking import NamedTopic
from insights.month.summary import MonthSummary, summarize
from insights.series import SeriesPoint
from insights.templatetags.figures import dash, percent, signed

# A group with more practices reads the rest on the page.
MAX_PRACTICES = 20


@dataclass(frozen=True)
class BoardContent:
    """What the report is made from. `allowed_quotes` take the place of comments in mails."""

    facts: MonthFacts
    series: Sequence[SeriesPoint]
    resolved_cases: int
    allowed_quotes: Sequence[str]
    has_comments: bool
    scope: str
    made_on: date
    new_reviews: NewReviews | None = None


def compose_board(content: BoardContent, *, clinic: str, language: str, paper: str) -> Document:
    facts = content.facts
    summary = summarize(facts)
    month = capfirst(facts.month.name)
    kind = _("Monthly report") if facts.is_over else _("Monthly report, so far")
    made_on = _("Made on %(date)s") % {"date": date_format(content.made_on, "DATE_FORMAT")}
    return Document(
        is_sheet=False,
        language=language,
        paper=paper,
        title=f"{kind}: {clinic}, {facts.month.name}",
        clinic=clinic,
        month=month,
        kind=kind,
        hero=_hero(facts),
        footer=f"{clinic} · {month} · {made_on}",
        page_of=_("Page {page} of {last}"),
        scope=content.scope,
        figures=_compare_months(facts),
        trend=draw_trend(content.series),
        bars=draw_bars(facts.now, facts.before, before_name=_month_before(facts)),
        points=list(_points(content, summary)),
        voices=list(_voices(content, summary)),
        practices=_practices(summary) if len(summary.practices) > 1 else None,
    )


def _hero(facts: MonthFacts) -> Hero:
    now = facts.now
    if now.average is None or not now.is_drawable:
        unit = ngettext("patient rated", "patients rated", now.rated)
        note = _("With fewer than five ratings an average says nothing, so there is none.")
        return Hero(dash(now.rated), unit, note, None)
    count = ngettext(
        "The average of %(rated)s rating.", "The average of %(rated)s ratings.", now.rated
    ) % {"rated": dash(now.rated)}
    note = " ".join([count, *_compare_averages(facts)])
    return Hero(dash(now.average, 1), _("of 5"), note, now.average)


def _compare_averages(facts: MonthFacts) -> Iterator[str]:
    now, before = facts.now, facts.before
    if now.rated < FEW_ANSWERS:
        yield _("So few ratings say little.")
    elif before.average is not None and before.is_drawable:
        values = {"before": dash(before.average, 1), "month": _month_before(facts)}
        if means_differ(ratings_of(now), ratings_of(before)):
            yield _("In %(month)s it was %(before)s.") % values
        else:
            yield _("In %(month)s it was %(before)s; the difference may be chance.") % values


def _compare_months(facts: MonthFacts) -> Table:
    now, before = facts.now, facts.before
    counts = [
        (_("Questions sent"), now.asked, before.asked),
        (_("Ratings"), now.rated, before.rated),
        (_("Opened the review page"), now.clicked, before.clicked),
    ]
    asked, rated, clicked = (
        [name, dash(many), dash(many_before), _more(many, many_before, facts)]
        for name, many, many_before in counts
    )
    happy, happy_before = _happy_share(now), _happy_share(before)
    is_clear = shares_differ(now.answered, now.delivered, before.answered, before.delivered)
    is_clearly_happy = shares_differ(now.happy, now.rated, before.happy, before.rated)
    average_change = _change(now.average, before.average, _averages_differ(now, before), decimals=1)
    rows = [
        asked,
        _shares(_("Answer rate"), now.answer_rate, before.answer_rate, is_clear),
        rated,
        [_("Average rating"), dash(now.average, 1), dash(before.average, 1), average_change],
        _shares(_("Happy patients (4 and 5 stars)"), happy, happy_before, is_clearly_happy),
        clicked,
    ]
    now_name, before_name = capfirst(facts.month.name), capfirst(facts.month.previous.name)
    return Table(
        heading=_("The month in figures"),
        columns=[_("Figure"), now_name, before_name, _("Difference")],
        rows=rows,
        note=_("A rate or an average changes clearly only if chance does not explain it."),
        has_changes=True,
    )


def _averages_differ(now: Figures, before: Figures) -> bool:
    return means_differ(ratings_of(now), ratings_of(before))


def _happy_share(figures: Figures) -> float | None:
    return figures.happy / figures.rated if figures.rated else None


def _shares(name: str, now: float | None, before: float | None, is_clear: bool) -> list[str]:
    def hundredths(share: float | None) -> float | None:
        return None if share is None else share * 100

    change = _change(hundredths(now), hundredths(before), is_clear)
    if is_clear:
        change = _("%(change)s points") % {"change": change}
    return [name, percent(now), percent(before), change]


def _change(now: float | None, before: float | None, is_clear: bool, *, decimals: int = 0) -> str:
    change = compare_figures(now, before, decimals=decimals).by
    if change is None:
        return dash(None)
    return signed(change, decimals) if is_clear else _("no clear change")


def _more(now: int, before: int, facts: MonthFacts) -> str:
    """Return how many more there are. A month that is not over cannot be compared in this way."""
    return signed(now - before) if facts.is_over else dash(None)


def _points(content: BoardContent, summary: MonthSummary) -> Iterator[Points]:
    yield Points(_("What changed"), summary.changes)
    done = list(_cases(content))
    if done:
        yield Points(_("What was done"), done)
    if content.new_reviews:
        yield Points(_("Public reviews"), list(_reviews(content.new_reviews)))
    advice = [step.why for step in summary.advice]
    nothing = [_("Nothing presses: no case is open, and no topic stands out.")]
    yield Points(_("What to do first"), advice or nothing, is_numbered=len(advice) > 1)


def _cases(content: BoardContent) -> Iterator[str]:
    resolved = content.resolved_cases
    total = resolved + content.facts.cases.unhappy
    if not total:
        return
    text = ngettext(
        "%(total)s unhappy patient of the month has a case; %(resolved)s is resolved.",
        "%(total)s unhappy patients of the month have a case; %(resolved)s of them are resolved.",
        total,
    )
    yield text % {"total": dash(total), "resolved": dash(resolved)}


def _reviews(new: NewReviews) -> Iterator[str]:
    values = {"reviews": dash(new.reviews), "likely": dash(new.likely)}
    if not new.reviews:
        yield _("Google got no new reviews in the month.")
        return
    count = ngettext(
        "Google got %(reviews)s new review in the month",
        "Google got %(reviews)s new reviews in the month",
        new.reviews,
    )
    if new.average is None:
        yield f"{count % values}."
    else:
        average = _("with %(average)s stars on average") % {"average": dash(new.average, 1)}
        yield f"{count % values}, {average}."
    likely = ngettext(
        "%(likely)s of them probably came from your questions.",
        "%(likely)s of them probably came from your questions.",
        new.likely,
    )
    estimate = _("This is an estimate: Google does not say who writes.")
    yield f"{likely % values} {estimate}"


def _voices(content: BoardContent, summary: MonthSummary) -> Iterator[Voices]:
    for heading, named, quotes, is_praise in (
        (_("What they praise"), summary.praised, summary.praise_quotes, True),
        (_("What they blame"), summary.blamed, summary.blame_quotes, False),
    ):
        printed = list(_printed(quotes)) if content.has_comments else []
        if named or printed:
            topics = [(str(line.topic.label), dash(line.visits)) for line in named]
            yield Voices(heading, _intro(named, is_praise), topics, printed, is_praise)
    if not content.has_comments and content.allowed_quotes:
        allowed = [PrintedQuote(text, "") for text in content.allowed_quotes]
        yield Voices(_("In their words"), _("With their permission."), [], allowed, True)


def _intro(named: Sequence[NamedTopic], is_praise: bool) -> str:
    if not named:
        return ""
    values = {"of": dash(named[0].of)}
    if is_praise:
        return _("Of %(of)s happy patients who write, so many name:") % values
    return _("Of %(of)s unhappy patients who write, so many name:") % values


def _printed(quotes: Sequence[PatientQuote]) -> Iterator[PrintedQuote]:
    for quote in quotes:
        if not has_unprintable_words(quote.text):
            rated = _("Rated %(rating)s of 5") % {"rating": quote.rating} if quote.rating else ""
            yield PrintedQuote(f"{quote.text} …" if quote.is_cut else quote.text, rated)


def _practices(summary: MonthSummary) -> Table:
    shown = summary.practices[:MAX_PRACTICES]
    left_out = len(summary.practices) - len(shown)
    note = ngettext(
        "%(many)s more practice is on the page.",
        "%(many)s more practices are on the page.",
        left_out,
    )
    return Table(
        heading=_("By practice"),
        columns=[
            _("Practice"),
            _("Questions sent"),
            _("Answer rate"),
            _("Ratings"),
            _("Average rating"),
        ],
        rows=[
            [
                line.practice.name,
                dash(line.practice.now.asked),
                percent(line.practice.now.answer_rate),
                dash(line.practice.now.rated),
                _average_of_few(line.practice.now),
            ]
            for line in shown
        ],
        note=note % {"many": dash(left_out)} if left_out else "",
    )


def _average_of_few(figures: Figures) -> str:
    return dash(figures.average if figures.is_drawable else None, 1)


def _month_before(facts: MonthFacts) -> str:
    return facts.month.previous.name_beside(facts.month)
