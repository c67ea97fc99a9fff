"""What an error of Google's means for the people of a clinic, and what they can do."""

import re

from django.utils.translation import gettext as _

from reviews.google_errors import (
    AccessDenied,
    AccessLost,
    GoogleError,
    GoogleUnavailable,
    LocationUnverified,
    NotFoundAtGoogle,
    OverQuota,
)

# What `last_error` begins with: the status of Google's answer, if there was one.
STATUS = re.compile(r"(\d{3}) ")
QUOTA_ZERO = "QUOTA_ZERO"


def explain(error: GoogleError) -> str:
    if isinstance(error, OverQuota) and error.is_unapproved:
        return _unapproved()
    meanings = {
        AccessLost: _lost,
        OverQuota: _busy,
        AccessDenied: _denied,
        NotFoundAtGoogle: _missing,
        LocationUnverified: _unverified,
        GoogleUnavailable: _away,
    }
    return meanings.get(type(error), _refused)()


def explain_exchange(error: GoogleError) -> str:
    """Explain why the code of a consent was not exchanged. A code is valid once and briefly."""
    if isinstance(error, AccessLost):
        return _("Its answer was too old or was used before. Begin again.")
    return explain(error)


def as_stored(error: GoogleError) -> str:
    """Return the text that is kept as `last_error`, for `explain_stored` and for operators."""
    message = str(error) or type(error).__name__
    if isinstance(error, OverQuota) and error.is_unapproved:
        return f"{message} ({QUOTA_ZERO})"
    return message


def explain_stored(message: str) -> str:
    """Explain an error that was kept as `last_error`."""
    found = STATUS.match(message)
    status = int(found[1]) if found else 0
    if QUOTA_ZERO in message:
        return _unapproved()
    meanings = {401: _lost, 403: _denied, 404: _missing, 429: _busy}
    is_away = not message or message.startswith("No answer") or status >= 500  # noqa: PLR2004
    return meanings.get(status, _away if is_away else _refused)()


def _lost() -> str:
    return _("Google no longer accepts our access. Connect Google again.")


def _unverified() -> str:
    return _("Google has not verified this location yet.")


def _away() -> str:
    return _("Google did not answer. We try again by ourselves; nothing is lost.")


def _busy() -> str:
    return _("There were too many requests at once. We go on by ourselves in a few minutes.")


def _unapproved() -> str:
    return _(
        "Google has not approved this installation’s project yet, so that it answers nothing. The"
        " team of the platform has to ask Google for it."
    )


def _denied() -> str:
    return _("The connected Google user may not do this. Ask who manages your listing on Google.")


def _missing() -> str:
    return _("Google no longer shows this to the connected user.")


def _refused() -> str:
    return _("Google refused the request. If it happens again, tell the team of the platform.")
