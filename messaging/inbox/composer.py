"""The thread with a patient and the form to answer, for the inbox and the board of the unhappy."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.inbox import answers, canned_answers, thread
from messaging.inbox.forms import AnswerForm
from messaging.live_pages import live_context
from messaging.models import CannedAnswer
from patients.models import Patient
from workspaces.access import Can, may
from workspaces.models import User


def read_answer(data: Any, patient: Patient) -> AnswerForm:
    return AnswerForm(data, channels=answers.answer_channels(patient, now=timezone.now()))


def build_composer(
    patient: Patient, *, user: User, form: AnswerForm | None = None
) -> dict[str, Any]:
    """Return what the templates `thread` and `composer` show."""
    channels = answers.answer_channels(patient, now=timezone.now())
    best = answers.best_channel(patient, channels)
    obstacle = answers.find_obstacle(patient)
    saved = CannedAnswer.objects.within(patient.workspace_id).order_by("name")
    return {
        **build_thread_part(patient, user=user),
        "opens_patient": may(user, Can.SEE_PATIENTS)
        and Patient.objects.visible_to(user).filter(pk=patient.pk).exists(),
        "channels": channels,
        "obstacle": obstacle
        or ("" if best else _("There is no way to write to this patient now. Call them instead.")),
        "form": form or AnswerForm(initial={"channel": best}, channels=channels),
        "canned": canned_answers.fill_canned_answers(saved, patient),
    }


def build_thread_part(patient: Patient, *, user: User) -> dict[str, Any]:
    """Return what is renewed while the page is open. The version is read before the rows."""
    return {
        **live_context(user, patient=patient.pk),
        "patient": patient,
        "zone": patient.campaign.practice.zone,
        "thread": thread.build_thread(patient),
        "seen": answers.count_answers(patient),
    }
