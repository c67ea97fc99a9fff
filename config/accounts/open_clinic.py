"""Open a clinic after a sign-up.

It is here and not in `workspaces`, because it also installs the texts of `templates_app`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import tenancy
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


@contextmanager
def one_account_an_address() -> Iterator[None]:
    """Turn the violation of the unique e-mail into a ProblemError."""
    try:
        yield
    except IntegrityError as error:
        if "workspaces_user_email_unique" not in str(error):
            raise
        raise email_is_taken() from error


def email_is_taken() -> ProblemError:
    return ProblemError(
        _("Someone already signs in with this e-mail. Sign in, or choose a new password.")
    )


def confirmed_address(sociallogin: Any) -> str:
    """Return the e-mail address that Google has confirmed, or an empty text."""
    confirmed = (address.email for address in sociallogin.email_addresses if address.verified)
    return next(confirmed, "")
