"""The text behind a hold, and what the reader would decide about it.

A decision of a member is also an example for the next training of this installation.
"""

from datetime import timedelta

from messaging import replies, understanding
from messaging.models import InboundMessage
from patients.models import Hold, HoldDecision, Patient

# The hold is stored with the text, in one transaction, and the text has the time of the carrier.
BEFORE_HOLD = timedelta(hours=1)
# Between these the reader does not know, and suggests nothing.
SUGGEST_STOP_FROM = 0.75
SUGGEST_GO_ON_UP_TO = 0.25


def suggest_decision(patient: Patient, hold: Hold) -> HoldDecision | None:
    """Return the decision that the words point to, or None if the reader cannot tell."""
    doubts = [understanding.classify(text).doubt for text in held_texts(patient, hold)]
    if not (doubts and understanding.is_available()):
        return None
    if max(doubts) >= SUGGEST_STOP_FROM:
        return HoldDecision.STOP
    return HoldDecision.GO_ON if max(doubts) <= SUGGEST_GO_ON_UP_TO else None


def held_texts(patient: Patient, hold: Hold) -> list[str]:
    """Return the texts that may be an opt-out, from the one that began the hold to its decision."""
    rows = InboundMessage.objects.within(hold.workspace_id).filter(
        patient=patient, received_at__gte=hold.since - BEFORE_HOLD
    )
    if hold.decided_at:
        rows = rows.filter(created_at__lte=hold.decided_at)
    texts = rows.order_by("received_at", "pk").values_list("body", flat=True)
    return [text for text in texts if replies.read(text).may_be_opt_out]
