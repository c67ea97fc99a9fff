"""Forms about one member: permissions, handing over, and one's own picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import pictures
from core.pictures import EncodedPicture, PictureError
from workspaces.access import OWNERS_ONLY, ROLES, Can, known_permissions, permissions_of
from workspaces.branding.forms import PictureField
from workspaces.handover import all_belongings, possible_recipients
from workspaces.member_rights import rights_version
from workspaces.models import Role, User
from workspaces.permission_labels import GROUPS, LABELS


@dataclass(frozen=True)
class PermissionRow:
    """A permission as the page of a member shows it."""

    permission: Can
    is_allowed: bool
    is_of_role: bool

    @property
    def label(self) -> str | Promise:
        return LABELS[self.permission]

    @property
    def is_added(self) -> bool:
        return self.is_allowed and not self.is_of_role

    @property
    def is_taken(self) -> bool:
        return self.is_of_role and not self.is_allowed


@dataclass(frozen=True)
class PermissionRows:
    title: str | Promise
    rows: list[PermissionRow]


class PermissionsForm(forms.Form):
    allowed = forms.MultipleChoiceField(required=False)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, member: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        offered = offered_permissions(member)
        field = self.fields["allowed"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(each.value, LABELS[each]) for each in offered]
        self.initial["seen"] = rights_version(member)

    def groups(self) -> Iterator[PermissionRows]:
        """Yield the permissions by subject, as they were chosen or else as they are stored."""
        offered = offered_permissions(self.member)
        allowed = permissions_of(self.member)
        if self.is_bound:
            allowed = frozenset(known_permissions(self["allowed"].value()))
        of_role = ROLES[Role(self.member.role)]
        for group in GROUPS:
            rows = [
                PermissionRow(each, each in allowed, each in of_role)
                for each in group.permissions
                if each in offered
            ]
            if rows:
                yield PermissionRows(group.title, rows)

    def chosen(self) -> list[Can]:
        return [Can(value) for value in self.cleaned_data["allowed"]]


def offered_permissions(member: User) -> frozenset[Can]:
    """Return what a member of this role may be given or keep."""
    offered = frozenset(Can)
    if member.role != Role.OWNER:
        offered -= OWNERS_ONLY
    if member.role == Role.RECEPTIONIST:
        # A receptionist reaches the whole clinic anyway: see `campaigns.visibility`.
        offered -= {Can.SEE_ALL_RESULTS}
    return offered


class RecipientField(forms.ModelChoiceField[User]):
    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name} · {obj.get_role_display()}"


class HandoverForm(forms.Form):
    """Asks for everything that is in a member's hands who takes it over."""

    def __init__(self, *args: Any, member: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert member.workspace_id
        for name, belonging in all_belongings().items():
            if count := belonging.count(member):
                self.fields[name] = RecipientField(
                    possible_recipients(
                        member.workspace_id, belonging.permission, instead_of=member
                    ),
                    label=belonging.label(count),
                    empty_label=str(belonging.without_recipient),
                    required=False,
                )


class OwnPictureForm(forms.Form):
    picture = PictureField(
        label=_("Your picture"), error_messages={"required": _("Choose a picture.")}
    )

    def clean_picture(self) -> EncodedPicture:
        try:
            return pictures.encode_photo(self.cleaned_data["picture"])
        except PictureError as refusal:
            raise forms.ValidationError(refusal.message) from refusal
