from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    name = "patients"

    audit_actions = {
        "patient.ask": _("Asked one patient"),
        "patient.ask_undo": _("Took back the ask of one patient"),
        "patient.change": _("Changed a patient"),
        "patient.move": _("Moved an appointment"),
        "patient.opt_out": _("Opted a patient out"),
        "patient.consent": _("Recorded a patient’s consent"),
        "patient.withdraw": _("Noted that a patient withdrew consent"),
        "doctor.create": _("Added a doctor"),
        "doctor.change": _("Changed a doctor"),
        "doctor.merge": _("Merged two names of a doctor"),
        "doctor.separate": _("Separated two names of a doctor"),
        "doctor.keep_apart": _("Kept two similar doctors apart"),
        "doctor.photo": _("Changed a doctor’s photo"),
        "doctor.remove_photo": _("Removed a doctor’s photo"),
        "suppression.add": _("Added to the suppression list"),
        "suppression.remove": _("Removed from the suppression list"),
        "patient.restore": _("Brought a patient’s data back"),
        "import.upload": _("Uploaded a list"),
        "import.sheet": _("Chose another sheet of a list"),
        "import.columns": _("Said what a list’s columns are"),
        "import.confirm": _("Confirmed a list"),
        "import.cancel": _("Called off a list"),
        "import.done": _("A list came in"),
        "import.fail": _("A list failed"),
        "import.take_back": _("Took back a list"),
    }
    api_scopes = {
        "patients:read": _("See patients"),
        "patients:write": _("Send in and change patients"),
        "imports:read": _("See lists and what was wrong with them"),
        "imports:write": _("Upload lists"),
        "suppressions:read": _("See who is never written to"),
        "suppressions:write": _("Add and remove suppressions"),
    }
    webhook_events = {
        "patient.opted_out": _("A patient opted out"),
        "import.finished": _("A list came in, or failed"),
    }
    notification_kinds = {
        "import.done": "patients.notification_kinds.DONE",
        "import.failed": "patients.notification_kinds.FAILED",
    }
    retention_rules = {
        "past_asks": "patients.past_asks.RETENTION",
        "list_rows": "patients.imports.retention.LIST_ROWS",
    }
