"""Open a clinic after a sign-up.

It is here and not in `workspaces`, because it also installs the texts of `templates_app`.
"""

from contextlib import AbstractContextManager
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import tenancy
from core.constraint_violations import explain_violation
from core.errors import ProblemError
from templates_app.actions import install_defaults
from workspaces.models import User
from workspaces.opening import NewClinic, open_workspace


def open_clinic(*, owner: User, details: dict[str, str]) -> User:
    """Open a workspace with its first practice and texts. `owner` has e-mail and password set."""
    owner.name = details["name"]
    with transaction.atomic(), tenancy.platform("sign-up"):
        workspace = open_workspace(
            clinic=NewClinic(
                workspace=details["workspace"],
                practice=details["practice"],
                country=details["country"],
                timezone=details["timezone"],
                language=details["language"],
            ),
            owner=owner,
        )
        install_defaults(workspace=workspace)
    return owner


def refuse_taken_email() -> AbstractContextManager[None]:
    """Run the block in a transaction, and explain why an e-mail cannot be used twice."""
    return explain_violation(email_is_taken().message, "workspaces_user_email_unique")


def email_is_taken() -> ProblemError:
    return ProblemError(
        _("Someone already signs in with this e-mail. Sign in, or choose a new password.")
    )


def confirmed_address(sociallogin: Any) -> str:
    """Return the e-mail address that Google has confirmed, or an empty text."""
    confirmed = (address.email for address in sociallogin.email_addresses if address.verified)
    return next(confirmed, "")
