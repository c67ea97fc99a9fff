"""The permissions in plain words, grouped by subject, for the pages on which people choose them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workspaces.access import Can, known_permissions

LABELS: dict[Can, str | Promise] = {
    Can.SEE_CAMPAIGN_NAMES: _("See the names of campaigns"),
    Can.SEE_CAMPAIGNS: _("See campaigns and their results"),
    Can.SEE_ALL_RESULTS: _("See the patients and results of all campaigns, not only their own"),
    Can.MANAGE_CAMPAIGNS: _("Create, change, start and end campaigns"),
    Can.UPLOAD_LISTS: _("Upload lists of appointments"),
    Can.ASK_ONE: _("Ask one patient at the desk"),
    Can.SEE_PATIENTS: _("See patients and what they rated"),
    Can.ANSWER_PATIENTS: _("Answer patients, and look after the unhappy ones"),
    Can.SEE_REVIEWS: _("See public reviews"),
    Can.REPLY_TO_REVIEWS: _("Write replies to public reviews"),
    Can.APPROVE_REPLIES: _("Approve replies of others"),
    Can.OVERRIDE_GATE: _("Send a reply although the check for patients’ data advises against it"),
    Can.MANAGE_GOOGLE: _("Connect Google"),
    Can.MANAGE_SHARING: _("Publish reports, badges and quotes"),
    Can.SEE_TEXTS: _("See the texts that patients receive"),
    Can.MANAGE_TEXTS: _("Write the texts that patients receive"),
    Can.SEE_SUPPRESSIONS: _("See to whom nothing is sent"),
    Can.MANAGE_SUPPRESSIONS: _("Decide to whom nothing is sent"),
    Can.SEE_PRACTICES: _("See the practices"),
    Can.MANAGE_PRACTICES: _("Add and change practices"),
    Can.MANAGE_WORKSPACE: _("Change the clinic’s settings, brand and security"),
    Can.MANAGE_PRIVACY: _("Hand over and erase a person’s data, and turn on the assistant"),
    Can.MANAGE_USERS: _("Invite people, and decide what each may do"),
    Can.SEE_AUDIT: _("See who did what"),
    Can.MANAGE_BILLING: _("Pay, choose the plan, and see the invoices"),
    Can.MANAGE_KEYS: _("Make API keys, which may do what their maker may"),
    Can.MANAGE_WEBHOOKS: _("Send what happens in the clinic to other systems"),
}


@dataclass(frozen=True)
class PermissionGroup:
    title: str | Promise
    permissions: tuple[Can, ...]


GROUPS = (
    PermissionGroup(
        _("Asking patients"),
        (
            Can.SEE_CAMPAIGN_NAMES,
            Can.UPLOAD_LISTS,
            Can.ASK_ONE,
            Can.SEE_CAMPAIGNS,
            Can.MANAGE_CAMPAIGNS,
        ),
    ),
    PermissionGroup(
        _("Patients and their answers"),
        (
            Can.SEE_PATIENTS,
            Can.ANSWER_PATIENTS,
            Can.SEE_ALL_RESULTS,
        ),
    ),
    PermissionGroup(
        _("In public"),
        (
            Can.SEE_REVIEWS,
            Can.REPLY_TO_REVIEWS,
            Can.APPROVE_REPLIES,
            Can.OVERRIDE_GATE,
            Can.MANAGE_GOOGLE,
            Can.MANAGE_SHARING,
        ),
    ),
    PermissionGroup(
        _("What patients receive"),
        (
            Can.SEE_TEXTS,
            Can.MANAGE_TEXTS,
            Can.SEE_SUPPRESSIONS,
            Can.MANAGE_SUPPRESSIONS,
        ),
    ),
    PermissionGroup(
        _("The clinic"),
        (
            Can.SEE_PRACTICES,
            Can.MANAGE_PRACTICES,
            Can.MANAGE_WORKSPACE,
            Can.MANAGE_PRIVACY,
            Can.MANAGE_USERS,
            Can.SEE_AUDIT,
            Can.MANAGE_BILLING,
        ),
    ),
    PermissionGroup(_("Connections"), (Can.MANAGE_KEYS, Can.MANAGE_WEBHOOKS)),
)


def describe_permissions(values: list[str]) -> str:
    return ", ".join(str(LABELS[permission]) for permission in known_permissions(values))
