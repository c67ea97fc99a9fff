"""How a sign-up becomes a clinic. Here, because it puts together floors that do not know each
other: the workspace below, its first texts above."""

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
    """Say so when an account with the same address came into being a moment before."""
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
    """Return the address that Google says is this person's, or an empty text."""
    found = (one.email for one in sociallogin.email_addresses if one.verified)
    return next(found, "")
