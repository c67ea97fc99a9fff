from typing import Any

import pytest
from django.utils import timezone

from core.ids import uuid7
from tests.constraints import assert_refused
from tests.factories import (
    DoctorFactory,
    FirstContactFactory,
    HoldFactory,
    ImportFactory,
    ImportProblemFactory,
    PastAskFactory,
    PatientFactory,
    SuppressionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "factory", "values"),
    [
        ("patients_patient_phone_e164", PatientFactory, {"phone": "0987654321"}),
        ("patients_patient_phone_e164", PatientFactory, {"phone": "+59398765432"}),
        ("patients_patient_phone_e164", PatientFactory, {"phone": "+5939876543210"}),
        ("patients_patient_phone_e164", PatientFactory, {"phone": "+0123456789"}),
        ("patients_patient_reachable", PatientFactory, {"phone": ""}),
        ("patients_patient_consent_has_a_time", PatientFactory, {"consent_at": None}),
        ("patients_patient_email_lower", PatientFactory, {"email": "Ana@example.com"}),
        (
            "patients_patient_anonymous_is_nobody",
            PatientFactory,
            {"anonymised_at": timezone.now(), "data_deleted_at": timezone.now()},
        ),
        ("patients_patient_channel_known", PatientFactory, {"preferred_channel": "FAX"}),
        ("patients_patient_language_known", PatientFactory, {"language": "qu"}),
        ("patients_import_status_known", ImportFactory, {"status": "LOST"}),
        ("patients_import_date_order_known", ImportFactory, {"date_order": "MYD"}),
        ("patients_import_every_row_has_an_outcome", ImportFactory, {"rows_read": 1}),
        (
            "patients_hold_decision_known",
            HoldFactory,
            {"decision": "WAIT", "decided_at": timezone.now()},
        ),
        ("patients_hold_decided_has_a_time", HoldFactory, {"decision": "GO_ON"}),
        ("patients_hold_decided_has_a_time", HoldFactory, {"decided_at": timezone.now()}),
        ("patients_suppression_reason_known", SuppressionFactory, {"reason": "MOOD"}),
        (
            "patients_suppression_only_an_erasure_covers",
            SuppressionFactory,
            {"reason_before": "LINK", "at_before": timezone.now()},
        ),
    ],
)
def test_constraint_refuses_row(constraint: str, factory: Any, values: dict[str, Any]) -> None:
    assert_refused(constraint, factory, **values)


def test_second_appointment_with_the_same_phone_is_refused() -> None:
    patient = PatientFactory.create()

    assert_refused(
        "patients_patient_once_by_phone",
        PatientFactory,
        workspace=patient.workspace,
        campaign=patient.campaign,
        phone=patient.phone,
        appointment_time=patient.appointment_time,
    )


def test_second_appointment_with_the_same_email_is_refused() -> None:
    patient = PatientFactory.create(phone="", email="ana@example.com")

    assert_refused(
        "patients_patient_once_by_email",
        PatientFactory,
        workspace=patient.workspace,
        campaign=patient.campaign,
        phone="",
        email=patient.email,
        appointment_time=patient.appointment_time,
    )


def test_erased_patient_needs_no_address() -> None:
    PatientFactory.create(phone="", email="", data_deleted_at=timezone.now())


def test_second_suppression_of_an_address_is_refused() -> None:
    kept = SuppressionFactory.create()

    assert_refused(
        "patients_suppression_once",
        SuppressionFactory,
        workspace=kept.workspace,
        digest=kept.digest,
    )


def test_second_hold_of_an_address_is_refused() -> None:
    kept = HoldFactory.create()

    assert_refused("patients_hold_once", HoldFactory, workspace=kept.workspace, digest=kept.digest)


def test_second_doctor_with_the_same_name_is_refused() -> None:
    kept = DoctorFactory.create()

    assert_refused("patients_doctor_once", DoctorFactory, workspace=kept.workspace, key=kept.key)


def test_doctor_is_never_a_spelling_of_herself_or_of_nobody() -> None:
    doctor = DoctorFactory.create()
    other = DoctorFactory.create(workspace=doctor.workspace)

    for merged_into, shown_as in ((doctor, other), (other, doctor), (other, None), (None, other)):
        assert_refused(
            "patients_doctor_merged_into_another",
            DoctorFactory,
            pk=doctor.pk,
            workspace=doctor.workspace,
            merged_into=merged_into,
            shown_as=shown_as,
        )


def test_member_is_one_doctor_at_most() -> None:
    member = UserFactory.create()
    DoctorFactory.create(workspace=member.workspace, member=member)

    assert_refused(
        "patients_doctor_member_once", DoctorFactory, workspace=member.workspace, member=member
    )


@pytest.mark.parametrize(
    "values",
    [
        {"google_review_link": "https://example.com/review"},
        {"google_place_id": "ChIJ", "google_review_link": "https://g.page/r/CVLKMhvN36/review"},
    ],
)
def test_review_link_of_a_doctor_is_of_google(values: dict[str, Any]) -> None:
    assert_refused("patients_doctor_review_link_of_google", DoctorFactory, **values)


def test_name_of_a_doctor_is_on_one_line() -> None:
    assert_refused("patients_doctor_shown_name_on_one_line", DoctorFactory, shown_name="Ana\nPaz")


def test_second_past_ask_about_an_appointment_is_refused() -> None:
    kept = PastAskFactory.create()

    assert_refused(
        "patients_pastask_once",
        PastAskFactory,
        workspace=kept.workspace,
        digest=kept.digest,
        appointment_time=kept.appointment_time,
    )


def test_second_first_contact_with_an_address_is_refused() -> None:
    kept = FirstContactFactory.create()

    assert_refused(
        "patients_firstcontact_once",
        FirstContactFactory,
        workspace=kept.workspace,
        digest=kept.digest,
    )


def test_second_problem_of_a_row_is_refused() -> None:
    kept = ImportProblemFactory.create()

    assert_refused(
        "patients_importproblem_once_per_row",
        ImportProblemFactory,
        workspace=kept.workspace,
        source=kept.source,
        row_number=kept.row_number,
    )


def test_second_patient_with_the_same_token_is_refused() -> None:
    patient = PatientFactory.create()

    assert_refused("patients_patient_token_unique", PatientFactory, token=patient.token)


def test_second_patient_of_the_same_form_is_refused() -> None:
    patient = PatientFactory.create(ask_key=uuid7())

    assert_refused(
        "patients_patient_once_by_form",
        PatientFactory,
        workspace=patient.workspace,
        ask_key=patient.ask_key,
    )


def test_tokens_are_too_long_to_be_guessed() -> None:
    tokens = {PatientFactory.build().token for _ in range(100)}

    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {12}
