"""The forms of the connection: to begin it, to choose locations, and to disconnect."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.connection.matching import Match
from reviews.models import GoogleLocation
from workspaces.models import Practice, ReviewInvites, Workspace


class ConnectForm(forms.Form):
    """Asks only for what has to change first: Google forbids inviting only happy patients."""

    invites_everyone = forms.BooleanField(
        label=_("From now on invite everyone to review"),
        help_text=_(
            "Now only patients who rated 4 or 5 are invited. Google forbids that, so it is not"
            " possible with a connection: the unhappy are offered their private form beside the"
            " public review."
        ),
        error_messages={
            "required": _("Google can only be connected if everyone is invited to review.")
        },
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if workspace.review_invites != ReviewInvites.HAPPY_ONLY:
            del self.fields["invites_everyone"]

    @property
    def agrees(self) -> bool:
        return bool(self.cleaned_data.get("invites_everyone"))


class LocationsForm(forms.Form):
    """A select of practices for each location. A proposal is preselected and marked as one."""

    def __init__(
        self,
        *args: Any,
        locations: Sequence[GoogleLocation],
        practices: Sequence[Practice],
        proposals: Mapping[UUID, Match],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.locations, self.proposals = locations, proposals
        self.practices = {str(practice.pk): practice for practice in practices}
        choices = [("", _("Not followed")), *((p, q.name) for p, q in self.practices.items())]
        for location in locations:
            proposed = proposals.get(location.pk)
            self.fields[_field_name(location)] = forms.ChoiceField(
                label=location.title,
                choices=choices,
                required=False,
                initial=str(location.practice_id or (proposed.practice.pk if proposed else "")),
            )

    def rows(self) -> list[tuple[GoogleLocation, forms.BoundField, Match | None]]:
        return [
            (location, self[_field_name(location)], self.proposals.get(location.pk))
            for location in self.locations
        ]

    def chosen(self) -> dict[GoogleLocation, Practice | None]:
        return {
            location: self.practices.get(self.cleaned_data[_field_name(location)])
            for location in self.locations
        }


class DisconnectForm(forms.Form):
    fetched = forms.ChoiceField(
        label=_("What was fetched"),
        widget=forms.RadioSelect,
        initial="keep",
        choices=[
            ("keep", _("Keep the reviews and replies as they are now. They are not updated.")),
            ("delete", _("Delete them now: reviews, drafts of replies, and the locations.")),
        ],
    )

    @property
    def deletes_fetched(self) -> bool:
        return bool(self.cleaned_data["fetched"] == "delete")


def _field_name(location: GoogleLocation) -> str:
    return f"location-{location.pk}"
