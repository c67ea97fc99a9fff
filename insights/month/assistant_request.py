"""What the assistant is given to write about a month: figures, and the quotes of the page.

It gets only what the page may quote, so with masks for names. `messaging.assistant` masks the
doctors as well and sends no id.
"""

from collections.abc import Mapping, Sequence

from insights.month.changes import describe_changes
from insights.month.facts import MonthFacts
from insights.month.quotes import BLAME, PRAISE, PatientQuote, choose_quotes
from messaging.assistant.month import MAX_COMMENTS, MonthComment, SummaryRequest
from messaging.models import Message
from workspaces.models import Workspace

TONES = (BLAME, PRAISE)
DECIMALS = 2


def build_request(facts: MonthFacts, *, workspace: Workspace, language: str) -> SummaryRequest:
    """Return the request in the language that is active, which must be `language`."""
    quotes = _choose(facts)
    asks = Message.objects.within(workspace).filter(
        pk__in=[facts.quoted_asks[quote.visit] for quote in quotes]
    )
    patients = dict(asks.values_list("pk", "patient_id"))
    return SummaryRequest(
        workspace_id=workspace.pk,
        language=language,
        month=facts.month.name,
        figures=_figures(facts),
        comments=[
            MonthComment(
                text=quote.text,
                rating=quote.rating,
                topics=_topics_of(quote, facts.quotes),
                patient_id=patients[facts.quoted_asks[quote.visit]],
            )
            for quote in quotes
        ],
    )


def _choose(facts: MonthFacts) -> list[PatientQuote]:
    """Choose quotes of all topics, as many unhappy as happy ones where there are enough."""
    topics = sorted({quote.topic for quote in facts.quotes})
    many = MAX_COMMENTS // len(TONES)
    return [
        quote
        for tone in TONES
        for quote in choose_quotes(facts.quotes, topics, tone=tone, many=many)
    ]


def _topics_of(quote: PatientQuote, quotes: Sequence[PatientQuote]) -> list[str]:
    return [
        other.topic for other in quotes if (other.visit, other.text) == (quote.visit, quote.text)
    ]


def _figures(facts: MonthFacts) -> Mapping[str, int | float | str]:
    """Return the figures of the page. `changes` are its sentences on what is more than chance."""
    now, before = facts.now, facts.before
    figures: dict[str, int | float | None] = {
        "questions_sent": now.asked,
        "questions_sent_month_before": before.asked,
        "answer_rate": now.answer_rate,
        "answer_rate_month_before": before.answer_rate,
        "ratings": now.rated,
        "average_rating": now.average,
        "average_rating_month_before": before.average,
        "visits_with_words": facts.comments,
        "unresolved_cases": facts.cases.unhappy,
        "urgent_texts_waiting": facts.cases.urgent,
    }
    for line in facts.topics.topics:
        figures[f"happy_visits_naming_{line.topic.value}"] = line.now.praised
        figures[f"unhappy_visits_naming_{line.topic.value}"] = line.now.blamed
    rounded = {key: round(value, DECIMALS) for key, value in figures.items() if value is not None}
    return {**rounded, "changes": " ".join(describe_changes(facts))}
