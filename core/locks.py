"""The names of all advisory locks of the project, so that no two mean the same lock by accident.

Take them with `core.sql.advisory_lock` and `core.sql.try_advisory_lock`. Both kinds are held until
the transaction ends.
"""

from enum import StrEnum


class Lock(StrEnum):
    PLANNER = "planner"  # one planner at a time, for all workspaces
    ROLLUP = "rollup"  # one roll-up of the dashboard's tables at a time
    IDEMPOTENCY = "once"  # a program's request with the same idempotency key
    INVITATION = "invitation"  # invitations to one e-mail address
    PHONE_CODE = "phone code"  # codes sent to one phone
    STRIPE_CUSTOMER = "stripe customer"  # the Stripe customer of one workspace
    UPLOADS = "uploads of"  # the upload quota of one workspace
    WORKSPACE_LISTS = "lists of"  # the list of one workspace that is being worked on
    LEGAL_TEXT = "legal text"  # the versions of one legal text in one language
    IMPORT = "import"  # the worker of one list
    DOCTORS = "doctors of"  # the merges of doctors in one workspace
    ASK_NOW = "ask now"  # patients of one workspace who are entered one by one
    ATTRIBUTION = "attribution"  # the guesses about the reviews of one practice

    def of(self, key: object) -> str:
        """Return the name of this lock for one thing, such as a workspace's id."""
        return f"{self} {key}"
