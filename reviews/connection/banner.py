from django.utils.translation import gettext as _

from reviews.models import ConnectionStatus, GoogleConnection
from workspaces.banners import Banner
from workspaces.models import Workspace


def show_broken_connection(workspace: Workspace) -> Banner | None:
    broken = GoogleConnection.objects.within(workspace).filter(status=ConnectionStatus.BROKEN)
    if not broken.exists():
        return None
    words = _(
        "Google no longer gives us access to your reviews: new ones do not arrive and replies are"
        " not sent. What was fetched is kept."
    )
    return Banner("bad", words, _("Connect Google again"), leads_to="google_connection")
