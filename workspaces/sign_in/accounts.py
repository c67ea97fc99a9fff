"""Which account an e-mail address signs in to."""

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower

from workspaces.models import User


def with_email(email: str) -> QuerySet[User]:
    """Return the accounts with this address, as their own or as a confirmed second address."""
    email = email.strip().lower()
    confirmed = EmailAddress.objects.filter(email=email, verified=True).values("user_id")
    own = User.objects.alias(lowered=Lower("email")).filter(lowered=email).values("pk")
    # With OR instead of a union, the planner reads the whole table instead of two indexes.
    return User.objects.filter(pk__in=confirmed.union(own))


def find_account(email: str) -> User | None:
    """Return the account that `email` signs in to, or None.

    It takes one query whether or not there is an account, so that the time does not reveal it. An
    account that has confirmed the address comes before one that has not.
    """
    confirmed = EmailAddress.objects.filter(
        user_id=OuterRef("pk"), email=email.strip().lower(), verified=True
    )
    accounts = with_email(email).annotate(is_confirmed=Exists(confirmed))
    return accounts.order_by("-is_confirmed", "pk").first()
