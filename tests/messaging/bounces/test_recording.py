"""A report changes the message and the address, in any order and however often it comes."""

from itertools import permutations

import pytest

from core import tenancy
from messaging.models import Message
from messaging.webhooks import processing
from patients import suppressions
from patients.models import Patient, SuppressionReason
from tests.factories import PatientFactory
from tests.messaging.bounces import samples
from tests.messaging.bounces.calls import (
    create_sent_mail,
    deliver_report,
    post,
    read_state,
    read_suppressions,
    token_of,
)
from tests.messaging.bounces.samples import filled
from tests.messaging.mail.letters import PATIENT
from tests.messaging.webhooks.rows import call_errors, reload_message

pytestmark = pytest.mark.django_db

Sample = tuple[str, dict[str, str]]

HARD: Sample = (samples.STANDARD, {})
SOFT = (samples.STANDARD, {"action": "failed", "status": "4.4.7", "said": "timed out"})
DELAYED = (samples.STANDARD, {"action": "delayed", "status": "4.4.1", "said": "timed out"})
COMPLAINT = (samples.ARF, {"kind": "abuse"})


def test_hard_bounce_fails_the_message_and_suppresses_the_address() -> None:
    message = create_sent_mail()
    deliver_report(message, samples.STANDARD)

    assert read_state(message) == ("FAILED", "mail_unknown")
    assert read_suppressions(message) == {PATIENT: "UNREACHABLE"}
    assert reload_message(message).patient.opted_out_at is None


def test_hard_bounce_suppresses_in_one_clinic_only() -> None:
    message, other = create_sent_mail(), create_sent_mail()
    deliver_report(message, samples.STANDARD)

    assert read_state(other) == ("SENT", "")
    assert read_suppressions(other) == {}


@pytest.mark.parametrize(("sample", "values"), [SOFT, (samples.FULL_ES, {}), (samples.BLOCKED, {})])
def test_failure_not_about_the_address_only_fails_the_message(
    sample: str, values: dict[str, str]
) -> None:
    message = create_sent_mail()
    deliver_report(message, sample, values)

    assert read_state(message)[0] == "FAILED"
    assert read_suppressions(message) == {}


@pytest.mark.parametrize(
    ("sample", "values"),
    [DELAYED, (samples.WARNING, {}), (samples.AWAY, {}), (samples.PERSON, {})],
)
def test_mail_that_reports_no_failure_changes_nothing(sample: str, values: dict[str, str]) -> None:
    message = create_sent_mail()
    deliver_report(message, sample, values)

    assert read_state(message) == ("SENT", "")
    assert read_suppressions(message) == {}
    assert call_errors() == [""]


def test_complaint_is_an_opt_out() -> None:
    message = create_sent_mail()
    deliver_report(message, *COMPLAINT)

    assert read_state(message) == ("FAILED", "mail_complaint")
    assert read_suppressions(message) == {PATIENT: "COMPLAINT"}
    assert reload_message(message).patient.opted_out_at


def test_mail_to_unsubscribe_opts_the_patient_out_everywhere() -> None:
    message = create_sent_mail()
    deliver_report(message, samples.UNSUBSCRIBE)

    assert read_state(message) == ("SENT", "")
    assert read_suppressions(message) == {PATIENT: "LINK", "+593991234567": "LINK"}
    assert reload_message(message).patient.opted_out_at


@pytest.mark.parametrize(("sample", "values"), [HARD, SOFT, COMPLAINT])
def test_report_about_an_answered_mail_keeps_the_answer(
    sample: str, values: dict[str, str]
) -> None:
    message = create_sent_mail(status="REPLIED", replied_at="2026-11-21T10:00:00Z", rating=5)
    deliver_report(message, sample, values)

    assert read_state(message) == ("REPLIED", "")
    assert reload_message(message).rating == 5


@pytest.mark.parametrize("order", list(permutations([HARD, DELAYED, COMPLAINT, HARD])))
def test_order_and_repetition_of_reports_do_not_matter(
    order: list[Sample],
) -> None:
    message = create_sent_mail()
    for sample, values in order:
        deliver_report(message, sample, values)

    assert read_state(message) == ("FAILED", "mail_unknown")
    assert read_suppressions(message) == {PATIENT: "COMPLAINT"}


def test_report_that_comes_twice_is_kept_once() -> None:
    message = create_sent_mail()
    deliver_report(message, samples.STANDARD)
    deliver_report(message, samples.STANDARD)

    assert call_errors() == [""]


def test_bounce_before_its_message_was_stored_is_matched_later() -> None:
    message = create_sent_mail()
    with tenancy.platform("test"):
        Message.objects.filter(pk=message.pk).delete()
    deliver_report(message, samples.STANDARD)
    assert call_errors() == ["no such message"]
    create_sent_mail(id=message.pk, patient=message.patient)
    processing.process()

    assert read_state(message) == ("FAILED", "mail_unknown")
    assert call_errors() == [""]


def test_bounce_of_an_earlier_attempt_does_not_fail_the_later_one() -> None:
    message = create_sent_mail(attempt=2)
    deliver_report(message, samples.STANDARD, attempt=1)

    assert read_state(message) == ("SENT", "")
    assert read_suppressions(message) == {PATIENT: "UNREACHABLE"}


def test_late_bounce_does_not_suppress_the_corrected_address() -> None:
    message = create_sent_mail()
    with tenancy.platform("test"):
        Patient.objects.filter(pk=message.patient_id).update(email="ximena.nueva@correo.ec")
    deliver_report(message, samples.STANDARD, {"patient": "ximena.nueva@correo.ec"})

    assert read_state(message) == ("FAILED", "mail_unknown")
    assert read_suppressions(message) == {}


def test_late_complaint_suppresses_the_address_that_was_written_to() -> None:
    message = create_sent_mail()
    with tenancy.platform("test"):
        Patient.objects.filter(pk=message.patient_id).update(email="ximena.nueva@correo.ec")
    deliver_report(message, *COMPLAINT)

    assert read_suppressions(message) == {PATIENT: "COMPLAINT"}


def test_report_cannot_suppress_a_strangers_address() -> None:
    message = create_sent_mail()
    stranger = PatientFactory.create(workspace=message.workspace, email="otro@correo.ec")
    deliver_report(message, samples.STANDARD, {"patient": "otro@correo.ec"})

    assert "otro@correo.ec" not in read_suppressions(message)
    with tenancy.platform("test"):
        assert not suppressions.is_patient_suppressed(stranger)


def test_complaint_after_a_bounce_replaces_the_reason() -> None:
    message = create_sent_mail()
    deliver_report(message, samples.STANDARD)
    deliver_report(message, *COMPLAINT)

    assert read_suppressions(message) == {PATIENT: SuppressionReason.COMPLAINT}


@pytest.mark.parametrize("signature", ["", "0" * 64, "ñ"])
def test_unsigned_report_is_refused_and_not_kept(signature: str) -> None:
    message = create_sent_mail()
    raw = filled(samples.STANDARD, token_of(message))

    assert post(raw, signature=signature or "none") == 403
    assert post(raw, timestamp="1700000000") == 403
    assert call_errors() == []
    assert read_state(message) == ("SENT", "")


def test_signed_mail_that_is_not_ours_is_not_kept() -> None:
    assert post(filled(samples.STANDARD, "1" * 48)) == 200
    assert call_errors() == []
