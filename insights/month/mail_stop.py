"""The link in the monthly mail that ends these mails. It works without signing in."""

from django.core import signing
from django.urls import reverse

from core import tenancy
from workspaces.models import User
from workspaces.notifications import choices

SIGNER = signing.Signer(salt="monthly-report")


def path_for(reader: User) -> str:
    return reverse("month_mail_stop", args=[SIGNER.sign(str(reader.pk))])


def find_reader(token: str) -> User | None:
    """Return the member of a link, or None if it was not signed by us or they have left."""
    try:
        key = SIGNER.unsign(token)
    except signing.BadSignature:
        return None
    found = User.objects.filter(pk=key, is_active=True).first()
    if found is None or found.workspace_id is None:
        return None
    with tenancy.within(found.workspace_id):
        return User.objects.select_related("workspace").get(pk=found.pk)


def stop_mails(reader: User) -> None:
    assert reader.workspace_id
    with tenancy.within(reader.workspace_id):
        choices.stop_mails(user=reader, kind_name="insights.month")


def gets_mails(reader: User) -> bool:
    assert reader.workspace_id
    with tenancy.within(reader.workspace_id):
        return choices.channels_of(reader, "insights.month").by_mail
