"""Who belongs to a workspace: invite, accept, withdraw, change a role, remove."""

import hashlib
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from workspaces import audit, entitlements, tenancy
from workspaces.mail import send
from workspaces.models import Invitation, Role, User, Workspace
from workspaces.problems import ProblemError

INVITATION_LIFE = timedelta(days=7)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(*, workspace: Workspace, email: str, role: Role, by: User) -> Invitation:
    entitlements.lock(workspace)
    if User.objects.filter(email__iexact=email).exists():
        raise ProblemError(
            _("Someone already signs in with this e-mail. One person belongs to one workspace.")
        )
    if workspace.invitations.open(timezone.now()).filter(email__iexact=email).exists():
        raise ProblemError(_("This person is invited already: withdraw that invitation first."))
    _forget_expired(workspace, email)
    entitlements.require_seat(workspace)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        workspace=workspace,
        email=email,
        role=role,
        token_digest=digest(token),
        invited_by_name=by.name,
        expires_at=timezone.now() + INVITATION_LIFE,
    )
    audit.record("invitation.create", invitation, by=by, name=email, new={"role": role})
    transaction.on_commit(lambda: _mail(invitation, workspace, token))
    return invitation


def _forget_expired(workspace: Workspace, email: str) -> None:
    """The database allows one open invitation an address, and cannot see that one has expired."""
    workspace.invitations.filter(
        email__iexact=email, accepted_at=None, revoked_at=None, expires_at__lte=timezone.now()
    ).update(revoked_at=timezone.now())


def _mail(invitation: Invitation, workspace: Workspace, token: str) -> None:
    with override(workspace.language if workspace.language in dict(settings.LANGUAGES) else "es"):
        send(
            "workspaces/mail/invitation",
            to=invitation.email,
            context={
                "workspace": workspace.name,
                "invited_by": invitation.invited_by_name,
                "role": Role(invitation.role).label,
                "link": settings.SITE_URL + reverse("invitation", args=[token]),
                "days": INVITATION_LIFE.days,
            },
        )


def find_open(token: str) -> Invitation | None:
    """Looks across workspaces, as the token is the key: the caller holds the platform's door."""
    return (
        Invitation.objects.select_related("workspace")
        .filter(token_digest=digest(token))
        .open(timezone.now())
        .first()
    )


@transaction.atomic
def accept(*, token: str, name: str, password: str) -> User:
    with tenancy.platform("invitation"):
        invitation = find_open(token)
        if invitation is None:
            raise ProblemError(_("This invitation was used, withdrawn or has expired."))
        workspace = entitlements.lock(invitation.workspace)
        taken = (
            Invitation.objects.filter(pk=invitation.pk)
            .open(timezone.now())
            .update(accepted_at=timezone.now())
        )
        if not taken:
            raise ProblemError(_("This invitation was used, withdrawn or has expired."))
        entitlements.require_seat(workspace)
        try:
            with transaction.atomic():
                user = User.objects.create_user(
                    email=invitation.email,
                    password=password,
                    name=name,
                    role=invitation.role,
                    workspace=workspace,
                )
        except IntegrityError as error:
            raise ProblemError(_("Someone already signs in with this e-mail.")) from error
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        audit.record(
            "member.join",
            user,
            by=user,
            workspace_id=workspace.pk,
            name=user.name,
            new={"role": user.role},
        )
    return user


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User) -> None:
    done = invitation.workspace.invitations.filter(
        pk=invitation.pk, accepted_at=None, revoked_at=None
    ).update(revoked_at=timezone.now())
    if not done:
        raise ProblemError(_("This invitation was used or withdrawn already. Reload the page."))
    audit.record("invitation.withdraw", invitation, by=by, name=invitation.email)


@transaction.atomic
def change_role(*, workspace: Workspace, member: User, role: Role, by: User) -> User:
    entitlements.lock(workspace)
    member = User.objects.within(workspace).get(pk=member.pk)
    if member.role == role:
        return member
    _keep_an_owner(workspace, member)
    before, member.role = member.role, role
    member.save(update_fields=["role", "updated_at"])
    audit.record(
        "member.role", member, by=by, name=member.name, old={"role": before}, new={"role": role}
    )
    return member


@transaction.atomic
def remove(*, workspace: Workspace, member: User, by: User) -> None:
    """Out at the next request. What they did stays, under the name that the trail keeps."""
    entitlements.lock(workspace)
    member = User.objects.within(workspace).get(pk=member.pk)
    _keep_an_owner(workspace, member)
    audit.record("member.remove", member, by=by, name=member.name, old={"role": member.role})
    member.delete()


def _keep_an_owner(workspace: Workspace, member: User) -> None:
    others = User.objects.within(workspace).filter(role=Role.OWNER).exclude(pk=member.pk)
    if member.role == Role.OWNER and not others.exists():
        raise ProblemError(
            _("%(name)s is the last owner: make someone else an owner first.")
            % {"name": member.name}
        )
