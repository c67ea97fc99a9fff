"""What a report does to the message and to the address, whenever and however often it comes."""

from itertools import permutations

import pytest

from core import tenancy
from messaging.models import Message
from messaging.webhooks import processing
from patients import suppressions
from patients.models import Patient, SuppressionReason
from tests.factories import PatientFactory
from tests.messaging.bounces import samples
from tests.messaging.bounces.calls import mailed, post, report, state, suppressed, token_of
from tests.messaging.bounces.samples import filled
from tests.messaging.mail.letters import PATIENT
from tests.messaging.webhooks.rows import errors, fresh

pytestmark = pytest.mark.django_db

Sample = tuple[str, dict[str, str]]

HARD: Sample = (samples.STANDARD, {})
SOFT = (samples.STANDARD, {"action": "failed", "status": "4.4.7", "said": "timed out"})
DELAYED = (samples.STANDARD, {"action": "delayed", "status": "4.4.1", "said": "timed out"})
COMPLAINT = (samples.ARF, {"kind": "abuse"})


def test_hard_bounce_fails_the_message_and_ends_the_address() -> None:
    message = mailed()
    report(message, samples.STANDARD)

    assert state(message) == ("FAILED", "mail_unknown")
    assert suppressed(message) == {PATIENT: "UNREACHABLE"}
    assert fresh(message).patient.opted_out_at is None


def test_hard_bounce_concerns_one_clinic_alone() -> None:
    message, other = mailed(), mailed()
    report(message, samples.STANDARD)

    assert state(other) == ("SENT", "")
    assert suppressed(other) == {}


@pytest.mark.parametrize(("sample", "values"), [SOFT, (samples.FULL_ES, {}), (samples.BLOCKED, {})])
def test_failure_that_is_not_about_the_address_fails_the_message_alone(
    sample: str, values: dict[str, str]
) -> None:
    message = mailed()
    report(message, sample, values)

    assert state(message)[0] == "FAILED"
    assert suppressed(message) == {}


@pytest.mark.parametrize(
    ("sample", "values"),
    [DELAYED, (samples.WARNING, {}), (samples.AWAY, {}), (samples.PERSON, {})],
)
def test_mail_that_reports_no_failure_changes_nothing(sample: str, values: dict[str, str]) -> None:
    message = mailed()
    report(message, sample, values)

    assert state(message) == ("SENT", "")
    assert suppressed(message) == {}
    assert errors() == [""]


def test_complaint_is_an_opt_out() -> None:
    message = mailed()
    report(message, *COMPLAINT)

    assert state(message) == ("FAILED", "mail_complaint")
    assert suppressed(message) == {PATIENT: "COMPLAINT"}
    assert fresh(message).patient.opted_out_at


def test_mail_to_unsubscribe_opts_the_patient_out_everywhere() -> None:
    message = mailed()
    report(message, samples.UNSUBSCRIBE)

    assert state(message) == ("SENT", "")
    assert suppressed(message) == {PATIENT: "LINK", "+593991234567": "LINK"}
    assert fresh(message).patient.opted_out_at


@pytest.mark.parametrize(("sample", "values"), [HARD, SOFT, COMPLAINT])
def test_report_about_an_answered_mail_keeps_the_answer(
    sample: str, values: dict[str, str]
) -> None:
    message = mailed(status="REPLIED", replied_at="2026-11-21T10:00:00Z", rating=5)
    report(message, sample, values)

    assert state(message) == ("REPLIED", "")
    assert fresh(message).rating == 5


@pytest.mark.parametrize("order", list(permutations([HARD, DELAYED, COMPLAINT, HARD])))
def test_order_and_repetition_of_reports_do_not_matter(
    order: list[Sample],
) -> None:
    message = mailed()
    for sample, values in order:
        report(message, sample, values)

    assert state(message) == ("FAILED", "mail_unknown")
    assert suppressed(message) == {PATIENT: "COMPLAINT"}


def test_report_that_comes_twice_is_kept_once() -> None:
    message = mailed()
    report(message, samples.STANDARD)
    report(message, samples.STANDARD)

    assert errors() == [""]


def test_bounce_before_its_message_was_stored_is_matched_later() -> None:
    message = mailed()
    with tenancy.platform("test"):
        Message.objects.filter(pk=message.pk).delete()
    report(message, samples.STANDARD)
    assert errors() == ["no such message"]
    mailed(id=message.pk, patient=message.patient)
    processing.process()

    assert state(message) == ("FAILED", "mail_unknown")
    assert errors() == [""]


def test_bounce_of_an_earlier_attempt_does_not_fail_the_later_one() -> None:
    message = mailed(attempt=2)
    report(message, samples.STANDARD, attempt=1)

    assert state(message) == ("SENT", "")
    assert suppressed(message) == {PATIENT: "UNREACHABLE"}


def test_late_bounce_does_not_suppress_the_corrected_address() -> None:
    message = mailed()
    with tenancy.platform("test"):
        Patient.objects.filter(pk=message.patient_id).update(email="ximena.nueva@correo.ec")
    report(message, samples.STANDARD, {"patient": "ximena.nueva@correo.ec"})

    assert state(message) == ("FAILED", "mail_unknown")
    assert suppressed(message) == {}


def test_late_complaint_suppresses_the_address_that_was_written_to() -> None:
    message = mailed()
    with tenancy.platform("test"):
        Patient.objects.filter(pk=message.patient_id).update(email="ximena.nueva@correo.ec")
    report(message, *COMPLAINT)

    assert suppressed(message) == {PATIENT: "COMPLAINT"}


def test_report_names_a_stranger_in_vain() -> None:
    message = mailed()
    stranger = PatientFactory.create(workspace=message.workspace, email="otro@correo.ec")
    report(message, samples.STANDARD, {"patient": "otro@correo.ec"})

    assert "otro@correo.ec" not in suppressed(message)
    with tenancy.platform("test"):
        assert not suppressions.is_patient_suppressed(stranger)


def test_complaint_after_a_bounce_is_kept_as_the_persons_word() -> None:
    message = mailed()
    report(message, samples.STANDARD)
    report(message, *COMPLAINT)

    assert suppressed(message) == {PATIENT: SuppressionReason.COMPLAINT}


@pytest.mark.parametrize("signature", ["", "0" * 64, "ñ"])
def test_unsigned_report_is_refused_and_not_kept(signature: str) -> None:
    message = mailed()
    raw = filled(samples.STANDARD, token_of(message))

    assert post(raw, signature=signature or "none") == 403
    assert post(raw, timestamp="1700000000") == 403
    assert errors() == []
    assert state(message) == ("SENT", "")


def test_signed_mail_that_is_not_ours_is_not_kept() -> None:
    assert post(filled(samples.STANDARD, "1" * 48)) == 200
    assert errors() == []
