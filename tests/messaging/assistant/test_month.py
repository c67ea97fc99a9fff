import json
from uuid import uuid4

import pytest

from core import tenancy
from dev.doubles.language_model.settings import Mode
from messaging.assistant import month
from messaging.assistant.answers import UnusableAnswerError
from messaging.assistant.month import MonthComment, MonthFacts, summarize_month
from messaging.models import AssistantCall
from tests.dev.doubles.language_model.stage import LanguageModel
from workspaces.models import Workspace

PRAISE = "Fueron muy amables y me explicaron todo con calma."
BLAME = "Esperé una hora y nadie me dijo nada. Soy Zoila, mi cel es 0991234567."
SENT = ["El trato fue muy bueno y rápido.", "Esperé una hora,\nnadie me avisó."]


def facts_of(workspace: Workspace, **more: object) -> MonthFacts:
    comments = [
        MonthComment(PRAISE, 5, ["kindness"], uuid4(), "Luis Vera"),
        MonthComment("La doctora Ruiz es un sol, Vera.", 5, [], uuid4(), "Luis Vera", "Ana Ruiz"),
        MonthComment(BLAME, 2, ["waiting"], uuid4(), "Zoila Paz"),
    ]
    values = {
        "workspace_id": workspace.pk,
        "language": "es",
        "month": "noviembre de 2026",
        "figures": {"ratings": 40, "average": 4.4, "ratings_before": 31},
        "comments": comments,
    } | more
    return MonthFacts(**values)  # type: ignore[arg-type]  # by name


def answer(**parts: object) -> str:
    return json.dumps({"changed": "", "praised": [], "blamed": [], "first": []} | parts)


def test_summary_has_quotes_that_patients_wrote(
    agreed: LanguageModel, workspace: Workspace
) -> None:
    facts = facts_of(workspace)

    summary = summarize_month(facts)

    assert summary
    assert summary.changed
    assert summary.blamed[0].text
    # The other quote of the double contains a masked phone, so it is dropped.
    assert summary.praised[0].quotes == [PRAISE]
    assert summary.blamed[0].quotes == []
    with tenancy.within(workspace.pk):
        (call,) = AssistantCall.objects.all()
    assert call.feature == "SUMMARIZE_MONTH"
    assert call.patient_ids == [comment.patient_id for comment in facts.comments]


def test_comments_are_masked(agreed: LanguageModel, workspace: Workspace) -> None:
    summarize_month(facts_of(workspace))

    sent = agreed.last_request()
    for secret in ("Ruiz", "Zoila", "0991234567", "Vera"):
        assert secret not in sent
    assert "muy amables" in sent


@pytest.mark.parametrize(
    "mode",
    [Mode.REFUSING, Mode.RAMBLING, Mode.BROKEN, Mode.OTHER_SCHEMA, Mode.INJECTED, Mode.BUSY],
)
def test_without_a_usable_summary_there_is_none(
    agreed: LanguageModel, workspace: Workspace, mode: Mode
) -> None:
    agreed.behave(mode)

    assert summarize_month(facts_of(workspace)) is None


def test_without_agreement_nothing_is_sent(
    language_model: LanguageModel, workspace: Workspace
) -> None:
    assert summarize_month(facts_of(workspace)) is None
    assert not language_model.received


@pytest.mark.parametrize(
    ("quote", "is_kept"),
    [
        ("El trato fue muy bueno", True),
        ("Esperé una hora, nadie me avisó.", True),
        ("El trato fue muy malo", False),
        ("el trato fue muy bueno", False),
        ("bueno", False),
        ("", False),
    ],
)
def test_quote_is_dropped_unless_a_patient_wrote_it(quote: str, is_kept: bool) -> None:
    summary = month.read_summary(
        answer(praised=[{"point": "Les gusta el trato.", "quotes": [quote]}]), SENT
    )

    assert list(summary.praised[0].quotes) == ([quote] if is_kept else [])


@pytest.mark.parametrize(
    "parts",
    [
        {"changed": 5},
        {"changed": "x" * 501},
        {"changed": "Vean www.evil.example"},
        {"changed": "Llamen al 099 123 4567"},
        {"praised": "nothing"},
        {"praised": ["nothing"]},
        {"praised": [{"point": "a"}]},
        {"praised": [{"point": "a", "quotes": "b"}]},
        {"first": [{"do": "it"}]},
        {"first": ["[PATIENT] debe volver"]},
        {"more": "x"},
    ],
)
def test_answer_beside_the_schema_is_unusable(parts: dict[str, object]) -> None:
    with pytest.raises(UnusableAnswerError):
        month.read_summary(answer(**parts), SENT)


def test_long_lists_are_cut() -> None:
    point = {"point": "Les gusta el trato.", "quotes": ["El trato fue muy bueno"] * 9}

    summary = month.read_summary(answer(praised=[point] * 9, first=["Atender."] * 9), SENT)

    assert len(summary.praised) == len(summary.first) == 3
    assert len(summary.praised[0].quotes) == 3
