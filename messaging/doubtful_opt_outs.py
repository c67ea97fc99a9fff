"""Hold back messages after a text that may be an opt-out, until a person decides about it.

On a shared sender a hold reaches as far as a STOP: every clinic that wrote to the address from
there waits, and the clinic that has the text decides for all.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, tenancy
from core.errors import ProblemError
from messaging import opt_outs
from messaging.models import Sender
from patients import holds
from patients.erasure import addresses_of
from patients.models import Hold, HoldDecision, Patient, SuppressionReason
from patients.suppressions import lift_suppression, suppress_address
from workspaces.models import User


@transaction.atomic
def hold_doubtful_text(*, patient: Patient, senders: Sequence[Sender]) -> None:
    """Hold every address of this patient. The caller has opened the platform door."""
    shared = next((one for one in senders if one.workspace_id is None), None)
    for address in sorted(addresses_of([patient])):
        holds.hold_address(
            workspace_id=patient.workspace_id,
            address=address,
            shared_sender_id=shared.pk if shared else None,
        )
    if shared and patient.phone:
        _hold_at_others(patient.phone, shared, besides=patient)


@transaction.atomic
def hold_unrouted_text(*, address: str, senders: Sequence[Sender]) -> None:
    """Hold an address at every clinic that wrote to it: each decides, as nobody has the text."""
    for sender in senders:
        for workspace_id in sorted(opt_outs.workspaces_that_know(address, sender=sender)):
            holds.hold_address(workspace_id=workspace_id, address=address, has_text=False)


@transaction.atomic
def stop_after_hold(*, patient: Patient, by: User) -> None:
    """Decide that the text was an opt-out, and suppress the addresses."""
    undecided = _undecided(patient)
    with tenancy.platform("hold decided"):
        for hold in undecided:
            if sender := _shared_sender(hold):
                opt_outs.stop_sender(
                    sender=sender, address=hold.address, reason=SuppressionReason.REPLY
                )
    for hold in undecided:
        suppress_address(
            workspace_id=hold.workspace_id,
            address=hold.address,
            reason=SuppressionReason.REPLY,
            by=by.name,
        )
        holds.decide_hold(hold, HoldDecision.STOP, by=by.name)
    _record("hold.stop", patient, by)


@transaction.atomic
def continue_after_hold(*, patient: Patient, by: User) -> None:
    """Decide that the text was no opt-out. What waits is sent if it is still in time."""
    undecided = _undecided(patient)
    for hold in undecided:
        holds.decide_hold(hold, HoldDecision.GO_ON, by=by.name)
    with tenancy.platform("hold decided"):
        for hold in undecided:
            if hold.has_text and hold.shared_sender_id:
                _release_at_others(hold)
    _record("hold.go_on", patient, by)


@transaction.atomic
def undo_hold_decision(*, patient: Patient, by: User) -> None:
    """Take a decision of a member back. What the patient decided with a clear word stays."""
    decided = [one for one in holds.holds_of(patient) if one.decision]
    if not decided or not all(one.decided_by for one in decided):
        raise ProblemError(_("The patient has decided this themselves, so it stays."))
    with tenancy.platform("hold decided"):
        senders = [sender for hold in decided if (sender := _shared_sender(hold))]
        for hold in decided:
            if hold.decision == HoldDecision.STOP:
                _take_back_stop(hold)
        hold_doubtful_text(patient=patient, senders=senders)
    _record("hold.undo", patient, by)


def _undecided(patient: Patient) -> list[Hold]:
    """Lock the undecided holds, and refuse a second click or a colleague's."""
    keys = [one.pk for one in holds.holds_of(patient)]
    rows = Hold.objects.within(patient.workspace_id).filter(pk__in=keys)
    found = list(rows.undecided().select_for_update().order_by("pk"))
    if not found:
        raise ProblemError(_("This was decided a moment ago. Look at the patient again."))
    return found


def _take_back_stop(hold: Hold) -> None:
    if sender := _shared_sender(hold):
        opt_outs.start_sender(sender=sender, address=hold.address)
    lift_suppression(
        workspace_id=hold.workspace_id, address=hold.address, after={SuppressionReason.REPLY}
    )


def _shared_sender(hold: Hold) -> Sender | None:
    """Return the shared sender if this clinic has the text, and so decides for the others."""
    if not (hold.has_text and hold.shared_sender_id) or "@" in hold.address:
        return None
    return Sender.objects.filter(pk=hold.shared_sender_id, workspace=None).first()


def _hold_at_others(phone: str, sender: Sender, *, besides: Patient) -> None:
    others = opt_outs.workspaces_that_know(phone, sender=sender) - {besides.workspace_id}
    for workspace_id in sorted(others):
        holds.hold_address(
            workspace_id=workspace_id, address=phone, shared_sender_id=sender.pk, has_text=False
        )


def _release_at_others(hold: Hold) -> None:
    """Release the other clinics, once every clinic that has a text has decided."""
    undecided = Hold.objects.filter(
        digest=hold.digest, shared_sender_id=hold.shared_sender_id, decision=""
    )
    if undecided.filter(has_text=True).exists():
        return
    for other in undecided.order_by("pk").select_for_update():
        holds.decide_hold(other, HoldDecision.GO_ON, by="")


def _record(action: str, patient: Patient, by: User) -> None:
    audit.record(action, patient, by=by, name=patient.campaign.name)
