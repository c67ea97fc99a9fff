"""Are few credits left? A fifth of the last full balance is few; none at all is another case."""

from workspaces.models import Workspace

# The rule in SQL, for a row of workspaces_workspace.
ARE_LOW = "(message_credits > 0 AND message_credits * 5 <= credits_full)"
PERCENT = 20


def are_low(workspace: Workspace) -> bool:
    """Return ARE_LOW for a workspace in Python."""
    return 0 < workspace.message_credits * 5 <= workspace.credits_full
