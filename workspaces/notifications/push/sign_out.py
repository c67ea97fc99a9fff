"""End the notifications of a browser when its member signs out there.

The session knows the subscription. A session that expires leaves it: the phone of an owner goes on
telling her, and what it shows has no data of patients.
"""

from uuid import UUID

from django.http import HttpRequest

from workspaces.models import PushSubscription, User
from workspaces.notifications.push import subscriptions

SESSION_KEY = "push_subscription"


def remember(request: HttpRequest, browser: PushSubscription) -> None:
    request.session[SESSION_KEY] = str(browser.pk)


def end_subscription(request: HttpRequest) -> None:
    """Call it before the session is emptied."""
    subscription_id, user = request.session.get(SESSION_KEY), request.user
    if subscription_id and isinstance(user, User) and user.workspace_id:
        subscriptions.unsubscribe(user=user, subscription_id=UUID(subscription_id))
