"""The stored summaries of months: who may read one, and when it is hidden, replaced and deleted."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from campaigns.visibility import sees_all_results
from messaging.assistant import consent, prompts, provider
from messaging.assistant.month import SummaryPoint, WrittenSummary
from messaging.models import AssistantSummary
from patients.models import Patient
from workspaces.models import User, Workspace


@dataclass(frozen=True)
class SummaryKey:
    """What a summary is about and for whom. Those who see all campaigns share one."""

    workspace_id: UUID
    month: date
    viewer_id: UUID | None
    language: str

    @classmethod
    def of(cls, user: User, month: date, *, language: str) -> "SummaryKey":
        assert user.workspace_id, "members only"
        viewer_id = None if sees_all_results(user) else user.pk
        return cls(user.workspace_id, month, viewer_id, language)


def find_summary(key: SummaryKey, *, visible_to: User) -> AssistantSummary | None:
    """Return the summary if the user may see every patient whose words were sent for it.

    So it is hidden as soon as one of them is erased, or a campaign is no longer the doctor's.
    """
    found = AssistantSummary.objects.filter(**asdict(key)).first()
    if found is None:
        return None
    visible = Patient.objects.within(key.workspace_id).visible_to(visible_to)
    is_allowed = visible.filter(pk__in=found.patient_ids).count() == len(found.patient_ids)
    return found if is_allowed else None


def keep_summary(key: SummaryKey, written: WrittenSummary, *, requested_by_name: str) -> bool:
    """Store a summary in place of the one before. Return whether it was stored.

    It is thrown away if the assistant was turned off or a patient was erased in the meantime. The
    patients stay locked until the transaction commits, so none of them is anonymized between this
    check and the insert.
    """
    if not consent.is_on_for(Workspace.objects.get(pk=key.workspace_id)):
        return False
    patients = Patient.objects.within(key.workspace_id).filter(data_deleted_at=None)
    chosen = patients.filter(pk__in=written.patient_ids).order_by("pk")
    locked = list(chosen.select_for_update(no_key=True).values_list("pk", flat=True))
    if not locked or len(locked) != len(written.patient_ids):
        return False
    AssistantSummary.objects.update_or_create(
        **asdict(key),
        defaults={
            "content": _to_content(written),
            "patient_ids": locked,
            "provider": provider.recipient_name(),
            "model": settings.AI_MODEL,
            "prompt": prompts.SUMMARIZE_MONTH,
            "requested_by_name": requested_by_name,
            "written_at": timezone.now(),
        },
    )
    return True


def delete_summaries(workspace_id: UUID, patients: Sequence[UUID]) -> None:
    """Delete the summaries that may repeat the words of patients who are being anonymized."""
    AssistantSummary.objects.within(workspace_id).filter(patient_ids__overlap=patients).delete()


def read_content(summary: AssistantSummary) -> WrittenSummary:
    content = summary.content
    return WrittenSummary(
        changed=content["changed"],
        praised=[SummaryPoint(**point) for point in content["praised"]],
        blamed=[SummaryPoint(**point) for point in content["blamed"]],
        first=content["first"],
        patient_ids=summary.patient_ids,
    )


def _to_content(written: WrittenSummary) -> dict[str, object]:
    content = asdict(written)
    del content["patient_ids"]  # a column of its own
    return content
