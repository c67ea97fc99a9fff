"""What is done to the texts of a workspace."""

from django.db import transaction

from templates_app.defaults import DEFAULTS
from templates_app.models import Template
from templates_app.rendering import variables_in
from workspaces.models import Workspace


@transaction.atomic
def install_defaults(*, workspace: Workspace) -> None:
    """Good texts from the first minute; a text that stands already is left as it is."""
    Template.objects.bulk_create(
        [
            Template(
                workspace=workspace,
                name=text.name,
                type=text.type,
                language=text.language,
                channel=text.channel,
                subject=text.subject,
                content=text.content,
                description=text.description,
                variables=variables_in(text.content),
                is_default=True,
            )
            for text in DEFAULTS
        ],
        ignore_conflicts=True,
    )
