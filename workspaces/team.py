"""Invite people to a workspace, and change the roles of members, suspend and remove them."""

import hashlib
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import audit, tenancy
from core.constraint_violations import explain_violation
from core.errors import ProblemError
from workspaces import entitlements
from workspaces.access import ROLES
from workspaces.handover import Recipients, free_what_is_forbidden, hand_over_belongings
from workspaces.mail import send_mail, supported_language
from workspaces.member_locks import lock_member, require_no_more_than
from workspaces.member_rights import snapshot_rights
from workspaces.models import Invitation, Picture, Role, User, Workspace
from workspaces.vetting import invitation_limits, trust
from workspaces.vetting.plain_names import carries_address, one_line

INVITATION_LIFE = timedelta(days=7)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite_member(*, workspace: Workspace, email: str, role: Role, by: User) -> Invitation:
    email = email.lower()  # allauth looks for the lower-case address at sign-in
    workspace = entitlements.lock_workspace(workspace)
    require_no_more_than(User.objects.get(pk=by.pk), ROLES[role])
    if workspace.invitations.open(timezone.now()).filter(email__iexact=email).exists():
        raise ProblemError(_("This person is invited already: withdraw that invitation first."))
    trust.require_may_send(workspace)
    _revoke_expired(workspace, email)
    invitation_limits.require_room(workspace, email)
    # Must come before the next check, which tells whether an address has an account. Without a
    # free seat nobody can use it to try out addresses.
    entitlements.require_seat(workspace)
    # People can also sign in with a second address that they have confirmed.
    if User.objects.filter(email__iexact=email).exists() or EmailAddress.objects.is_verified(email):
        raise ProblemError(
            _("Someone already signs in with this e-mail. One person belongs to one workspace.")
        )
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        workspace=workspace,
        email=email,
        role=role,
        token_digest=hash_token(token),
        invited_by_name=by.name,
        expires_at=timezone.now() + INVITATION_LIFE,
    )
    audit.record("invitation.create", invitation, by=by, name=email, new={"role": role})
    # If the mail server is down, the invitation stays: the owner sees it and can invite again.
    transaction.on_commit(lambda: _mail_invitation(invitation, workspace, token), robust=True)
    return invitation


def _revoke_expired(workspace: Workspace, email: str) -> None:
    """Make room for a new invitation.

    A unique constraint allows one invitation per address that is neither accepted nor revoked, and
    it cannot take the expiry into account.
    """
    workspace.invitations.filter(
        email__iexact=email, accepted_at=None, revoked_at=None, expires_at__lte=timezone.now()
    ).update(revoked_at=timezone.now())


def _mail_invitation(invitation: Invitation, workspace: Workspace, token: str) -> None:
    with override(supported_language(workspace.language)):
        send_mail(
            "workspaces/mail/invitation",
            to=invitation.email,
            context={
                "workspace": _harmless_name(workspace.name) or _("a clinic"),
                "invited_by": _harmless_name(invitation.invited_by_name) or _("A colleague"),
                "role": Role(invitation.role).label,
                "link": settings.SITE_URL + reverse("invitation", args=[token]),
                "days": INVITATION_LIFE.days,
            },
        )


def _harmless_name(name: str) -> str:
    """Return a name for a mail to a stranger, or an empty text if it contains an address."""
    return "" if carries_address(name) else one_line(name)


class SpentInvitationError(ProblemError):
    status = 410


class UnknownInvitationError(ProblemError):
    status = 404


def find_open(token: str) -> Invitation:
    """Return the open invitation with this token, in whichever workspace, or raise."""
    with tenancy.platform("invitation"):
        issued = Invitation.objects.select_related("workspace").filter(
            token_digest=hash_token(token)
        )
        if invitation := issued.open(timezone.now()).first():
            return invitation
        if issued.exists():
            raise SpentInvitationError(_("This invitation was used, withdrawn or has expired."))
    raise UnknownInvitationError(_("There is no such invitation. Was the link copied in full?"))


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str) -> User:
    with tenancy.platform("invitation"):
        workspace = entitlements.lock_workspace(find_open(token).workspace)
        # Read it again: it may have been used or withdrawn before we got the lock.
        invitation = find_open(token)
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at", "updated_at"])
        _require_seat_for(invitation, workspace)
        message = _("Someone already signs in with this e-mail.")
        with explain_violation(message, "workspaces_user_email_unique", "unique_verified_email"):
            user = User.objects.create_user(
                email=invitation.email,
                password=password,
                name=name,
                role=invitation.role,
                workspace=workspace,
            )
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


def _require_seat_for(invitation: Invitation, workspace: Workspace) -> None:
    """Check the plan, which may be smaller by now, with advice for the person invited."""
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
    revoked = invitation.workspace.invitations.filter(
        pk=invitation.pk, accepted_at=None, revoked_at=None
    ).update(revoked_at=timezone.now())
    if not revoked:
        raise ProblemError(_("This invitation was used or withdrawn already. Reload the page."))
    audit.record("invitation.withdraw", invitation, by=by, name=invitation.email)


@transaction.atomic
def change_role(*, workspace: Workspace, member: User, role: Role, by: User) -> User:
    """Give a member another role, with its preset: single permissions do not outlive a role."""
    member, by = lock_member(workspace, member, by=by)
    if member.role == role:
        return member
    require_no_more_than(by, ROLES[role])
    before = {"role": member.role, **snapshot_rights(member)}
    member.role, member.granted, member.withheld = role, [], []
    member.save(update_fields=["role", "granted", "withheld", "updated_at"])
    after = {"role": member.role, **snapshot_rights(member)}
    changed = [name for name, value in before.items() if value != after[name]]
    audit.record(
        "member.role",
        member,
        by=by,
        name=member.name,
        old={name: before[name] for name in changed},
        new={name: after[name] for name in changed},
    )
    free_what_is_forbidden(member, by=by)
    return member


@transaction.atomic
def remove_member(
    *, workspace: Workspace, member: User, by: User, recipients: Recipients | None = None
) -> None:
    """Delete a member, who is signed out with their next request.

    What is in their hands goes to the recipients. Campaigns without one go on without anybody in
    charge, and only those who see all results see them. The audit trail keeps the name.
    """
    member, by = lock_member(workspace, member, by=by)
    hand_over_belongings(member, recipients or {}, by=by)
    audit.record("member.remove", member, by=by, name=member.name, old={"role": member.role})
    if member.picture_id:
        Picture.objects.within(workspace).filter(pk=member.picture_id).delete()
    member.delete()


@transaction.atomic
def suspend_member(
    *, workspace: Workspace, member: User, by: User, recipients: Recipients | None = None
) -> User:
    """Keep a member out until somebody lets them in again. Their sessions end at once.

    Their API keys stop, because they act as them, and go on with them. Their place becomes free.
    """
    member, by = lock_member(workspace, member, by=by)
    if not member.is_active:
        raise ProblemError(_("%(name)s is suspended already.") % {"name": member.name})
    hand_over_belongings(member, recipients or {}, by=by)
    member.is_active, member.suspended_at = False, timezone.now()
    member.save(update_fields=["is_active", "suspended_at", "updated_at"])
    audit.record("member.suspend", member, by=by, name=member.name)
    # A session that is only refused now would work again after the suspension.
    for session in UserSession.objects.filter(user=member):
        session.end()
    return member


@transaction.atomic
def reinstate_member(*, workspace: Workspace, member: User, by: User) -> User:
    """Let a suspended member in again, if the plan has a place for them."""
    member, by = lock_member(workspace, member, by=by)
    if member.suspended_at is None:
        raise ProblemError(
            _("%(name)s is not suspended, so there is nothing to end.") % {"name": member.name}
        )
    entitlements.require_seat(workspace)
    member.is_active, member.suspended_at = True, None
    member.save(update_fields=["is_active", "suspended_at", "updated_at"])
    audit.record("member.reinstate", member, by=by, name=member.name)
    return member
