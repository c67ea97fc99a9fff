"""Whether the plan of a workspace includes webhooks: `entitlements.has_feature` as a SQL condition.

It is about a workspace `w` and takes `%(plans)s` and `%(now)s`.
"""

from workspaces import plans
from workspaces.plans import Feature

MAY_BE_TOLD = """(w.plan = ANY(%(plans)s) OR EXISTS (
      SELECT FROM workspaces_entitlement right_
      WHERE right_.workspace_id = w.id AND right_.plan = ANY(%(plans)s)
        AND right_.starts_at <= %(now)s
        AND (right_.ends_at IS NULL OR right_.ends_at > %(now)s)))"""


def plans_that_may() -> list[str]:
    return [plan.value for plan in plans.plans_with_feature(Feature.WEBHOOKS)]
