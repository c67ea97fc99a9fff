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

from core import audit, tenancy
from core.errors import ProblemError
from workspaces import entitlements
from workspaces.mail import send
from workspaces.models import Invitation, Role, User, Workspace
from workspaces.vetting import invitation_limits, trust
from workspaces.vetting.plain_names import carries_address, one_line

INVITATION_LIFE = timedelta(days=7)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite_member(*, workspace: Workspace, email: str, role: Role, by: User) -> Invitation:
    email = email.lower()  # as allauth looks for it at sign-in
    workspace = entitlements.lock_workspace(workspace)
    if workspace.invitations.open(timezone.now()).filter(email__iexact=email).exists():
        raise ProblemError(_("This person is invited already: withdraw that invitation first."))
    trust.require_may_send(workspace)
    _forget_expired(workspace, email)
    invitation_limits.require_room(workspace, email)
    # Before the next check: a plan without a free seat cannot be used to try out addresses.
    entitlements.require_seat(workspace)
    # A second address that someone has confirmed is as good as the one of their account.
    if User.objects.filter(email__iexact=email).exists() or EmailAddress.objects.is_verified(email):
        raise ProblemError(
            _("Someone already signs in with this e-mail. One person belongs to one workspace.")
        )
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
    # The seat is kept even when the mail server is away: the owner sees it and can invite again.
    transaction.on_commit(lambda: _mail(invitation, workspace, token), robust=True)
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
                "workspace": _in_a_mail(workspace.name) or _("a clinic"),
                "invited_by": _in_a_mail(invitation.invited_by_name) or _("A colleague"),
                "role": Role(invitation.role).label,
                "link": settings.SITE_URL + reverse("invitation", args=[token]),
                "days": INVITATION_LIFE.days,
            },
        )


def _in_a_mail(name: str) -> str:
    """Return a name for a stranger's eyes, or nothing if it carries an address."""
    return "" if carries_address(name) else one_line(name)


class SpentInvitationError(ProblemError):
    status = 410


class UnknownInvitationError(ProblemError):
    status = 404


def find_open(token: str) -> Invitation:
    """Looks across workspaces, as the token is the key."""
    with tenancy.platform("invitation"):
        issued = Invitation.objects.select_related("workspace").filter(token_digest=digest(token))
        if invitation := issued.open(timezone.now()).first():
            return invitation
        if issued.exists():
            raise SpentInvitationError(_("This invitation was used, withdrawn or has expired."))
    raise UnknownInvitationError(_("There is no such invitation. Was the link copied in full?"))


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str) -> User:
    with tenancy.platform("invitation"):
        workspace = entitlements.lock_workspace(find_open(token).workspace)
        # Again, now that nobody else can use it or withdraw it.
        invitation = find_open(token)
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at", "updated_at"])
        _keep_to_the_plan(workspace, invitation)
        try:
            with transaction.atomic():
                user = User.objects.create_user(
                    email=invitation.email,
                    password=password,
                    name=name,
                    role=invitation.role,
                    workspace=workspace,
                )
                EmailAddress.objects.create(
                    user=user, email=user.email, verified=True, primary=True
                )
        except IntegrityError as error:
            raise ProblemError(_("Someone already signs in with this e-mail.")) from error
        audit.record(
            "member.join",
            user,
            by=user,
            workspace_id=workspace.pk,
            name=user.name,
            new={"role": user.role},
        )
    return user


def _keep_to_the_plan(workspace: Workspace, invitation: Invitation) -> None:
    """The plan may have become smaller since; whoever was invited can only tell who invited."""
    try:
        entitlements.require_seat(workspace)
    except ProblemError as error:
        raise ProblemError(
            _("%(workspace)s has no free place left in its plan: ask %(name)s to make room.")
            % {"workspace": workspace.name, "name": invitation.invited_by_name}
        ) from error


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> None:
    entitlements.lock_workspace(invitation.workspace)
    done = invitation.workspace.invitations.filter(
        pk=invitation.pk, accepted_at=None, revoked_at=None
    ).update(revoked_at=timezone.now())
    if not done:
        raise ProblemError(_("This invitation was used or withdrawn already. Reload the page."))
    audit.record("invitation.withdraw", invitation, by=by, name=invitation.email)


@transaction.atomic
def change_role(*, workspace: Workspace, member: User, role: Role, by: User) -> User:
    member = _locked(workspace, member)
    if member.role == role:
        return member
    _not_oneself(member, by)
    _keep_an_owner(workspace, member)
    audit.save_changes("member.role", member, {"role": role}, by=by, name=member.name)
    return member


@transaction.atomic
def remove_member(*, workspace: Workspace, member: User, by: User) -> None:
    """Out at the next request. What they did stays, under the name that the trail keeps; their
    campaigns go on without a creator, which only owners see.
    """
    member = _locked(workspace, member)
    _not_oneself(member, by)
    _keep_an_owner(workspace, member)
    audit.record("member.remove", member, by=by, name=member.name, old={"role": member.role})
    member.delete()


def _locked(workspace: Workspace, member: User) -> User:
    """One change of the team at a time, and each as the one before it left things.

    Their own row is held as well: a click of theirs at this moment notes where they are signed in,
    and must do so before they are gone or not at all.
    """
    entitlements.lock_workspace(workspace)
    members = User.objects.within(workspace).select_for_update()
    found = members.filter(pk=member.pk).first()
    if found is None:
        raise ProblemError(_("This person was removed a moment ago."))
    return found


def _not_oneself(member: User, by: User) -> None:
    if member.pk == by.pk:
        raise ProblemError(
            _("Nobody changes their own role or removes themselves: ask another owner.")
        )


def _keep_an_owner(workspace: Workspace, member: User) -> None:
    others = User.objects.within(workspace).filter(role=Role.OWNER).exclude(pk=member.pk)
    if member.role == Role.OWNER and not others.exists():
        raise ProblemError(
            _("%(name)s is the last owner: make someone else an owner first.")
            % {"name": member.name}
        )
