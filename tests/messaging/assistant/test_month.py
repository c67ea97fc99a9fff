import json

import pytest
from django.utils import timezone

from core import tenancy
from dev.doubles.language_model.settings import Mode
from messaging.assistant import month
from messaging.assistant.answers import UnusableAnswerError
from messaging.assistant.calls import NoAnswerError
from messaging.assistant.ledger import AssistantOffError
from messaging.assistant.month import MonthComment, SummaryRequest, summarize_month
from messaging.models import AssistantCall
from patients.models import Patient
from tests.dev.doubles.language_model.stage import LanguageModel
from tests.factories import PatientFactory
from workspaces.models import Workspace

PRAISE = "Fueron muy amables y me explicaron todo con calma."
BLAME = "Esperé una hora y nadie me dijo nada. Soy Zoila, mi cel es 0991234567."
SENT = ["El trato fue muy bueno y rápido.", "Esperé una hora,\nnadie me avisó."]


def wrote(text: str, workspace: Workspace, name: str, **more: str) -> MonthComment:
    patient = PatientFactory.create(workspace=workspace, name=name, **more)
    return MonthComment(text, 5 if text != BLAME else 2, ["kindness"], patient.pk)


@pytest.fixture
def request_(workspace: Workspace) -> SummaryRequest:
    return SummaryRequest(
        workspace_id=workspace.pk,
        language="es",
        month="noviembre de 2026",
        figures={"ratings": 40, "average": 4.4, "ratings_before": 31},
        comments=[
            wrote(PRAISE, workspace, "Luis Vera"),
            wrote(
                "La doctora Mora es un sol, Vera.", workspace, "Luis Vera", doctor_name="E. Mora"
            ),
            wrote(BLAME, workspace, "Zoila Paz"),
        ],
    )


def answer(**parts: object) -> str:
    return json.dumps({"changed": "", "praised": [], "blamed": [], "first": []} | parts)


def test_summary_has_quotes_that_patients_wrote(
    agreed: LanguageModel, request_: SummaryRequest
) -> None:
    summary = summarize_month(request_)

    assert summary.changed
    assert summary.blamed[0].text
    # The other quote of the double contains a masked phone, so it is dropped.
    assert summary.praised[0].quotes == [PRAISE]
    assert summary.blamed[0].quotes == []
    with tenancy.within(request_.workspace_id):
        (call,) = AssistantCall.objects.all()
    assert call.feature == "SUMMARIZE_MONTH"
    assert call.patient_ids == [comment.patient_id for comment in request_.comments]
    assert list(summary.patient_ids) == call.patient_ids


def test_comments_are_masked(agreed: LanguageModel, request_: SummaryRequest) -> None:
    summarize_month(request_)

    sent = agreed.last_request()
    for secret in ("Mora", "Zoila", "0991234567", "Vera"):
        assert secret not in sent
    assert "muy amables" in sent


def test_erased_patient_is_not_sent(agreed: LanguageModel, request_: SummaryRequest) -> None:
    erased = request_.comments[0].patient_id
    with tenancy.within(request_.workspace_id):
        Patient.objects.filter(pk=erased).update(data_deleted_at=timezone.now())

    summary = summarize_month(request_)

    assert "muy amables" not in agreed.last_request()
    assert erased not in summary.patient_ids


@pytest.mark.parametrize(
    "mode",
    [Mode.REFUSING, Mode.RAMBLING, Mode.BROKEN, Mode.OTHER_SCHEMA, Mode.INJECTED, Mode.BUSY],
)
def test_without_a_usable_summary_there_is_none(
    agreed: LanguageModel, request_: SummaryRequest, mode: Mode
) -> None:
    agreed.behave(mode)

    with pytest.raises(NoAnswerError):
        summarize_month(request_)


def test_without_agreement_nothing_is_sent(
    language_model: LanguageModel, request_: SummaryRequest
) -> None:
    with pytest.raises(AssistantOffError):
        summarize_month(request_)
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
