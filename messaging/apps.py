from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "messaging"

    audit_actions = {
        "profile.phone": _("Confirmed their phone"),
        "template.test": _("Sent a text to themselves as a test"),
        "recovery.assigned": _("Assigned an unhappy patient"),
        "recovery.note": _("Noted something about an unhappy patient"),
        "recovery.started": _("Took on an unhappy patient"),
        "recovery.resolved": _("Resolved the case of an unhappy patient"),
        "recovery.reopened": _("Reopened the case of an unhappy patient"),
        "text.correct": _("Corrected what a patient’s text is about"),
        "recovery.answered": _("Wrote to an unhappy patient"),
        "recovery.snoozed": _("Put the case of an unhappy patient aside"),
        "conversation.snooze": _("Put a conversation aside"),
        "conversation.note": _("Noted something in a conversation"),
        "conversation.assign": _("Assigned a conversation"),
        "conversation.close": _("Closed a conversation"),
        "conversation.answer": _("Answered a patient"),
        "patient.erase": _("Erased a patient’s data"),
        "patient.export": _("Exported what is held about a patient"),
        "assistant.on": _("Turned the assistant on, or changed its budget"),
        "assistant.off": _("Turned the assistant off"),
        "hold.stop": _("Decided that a patient wants no more messages"),
        "hold.go_on": _("Decided that a patient may be written to"),
        "hold.undo": _("Took back a decision about messages to a patient"),
        "member.conversations": _("Handed over the open conversations of a member"),
        "member.cases": _("Handed over the unhappy patients of a member"),
    }
    # See workspaces.handover.
    member_belongings = {
        "conversations": "messaging.handover.CONVERSATIONS",
        "cases": "messaging.handover.CASES",
    }
    api_scopes = {
        "messages:read": _("See messages and ratings"),
        "feedback:read": _("See unhappy patients"),
        "feedback:write": _("Work on the cases of unhappy patients"),
    }
    webhook_events = {
        "message.sent": _("A message was sent"),
        "message.delivered": _("A message was delivered"),
        "message.failed": _("A message failed"),
        "rating.received": _("A patient rated their visit"),
        "feedback.received": _("A patient left a private comment"),
        "credits.low": _("Credits run low"),
    }
    notification_kinds = {
        "text.urgent": "messaging.notification_kinds.URGENT_TEXT",
        "feedback.unhappy": "messaging.notification_kinds.UNHAPPY",
        "inbox.waiting": "messaging.notification_kinds.LONG_WAIT",
        "credits.low": "messaging.notification_kinds.CREDITS",
    }
    retention_rules = {
        "texts": "messaging.privacy.message_retention.TEXTS",
        "patients": "messaging.privacy.message_retention.PATIENTS",
        "erasures": "messaging.privacy.message_retention.ERASURES",
    }

    def ready(self) -> None:
        from campaigns import readiness, retention
        from messaging import patient_ratings, senders
        from messaging.assistant import checks as _assistant_checks  # noqa: F401 (likewise)
        from messaging.understanding import checks as _checks  # noqa: F401 (registers itself)
        from patients import listed_ratings
        from workspaces import clinic_settings

        listed_ratings.lookups.append(
            listed_ratings.RatingLookup(
                annotate=patient_ratings.annotate_ratings,
                narrow=patient_ratings.narrow_to_rating,
            )
        )
        readiness.checks.append(senders.missing_for)
        readiness.channel_checks.append(senders.missing_for_channel)
        clinic_settings.retention_checks.append(retention.object_to_short_retention)
