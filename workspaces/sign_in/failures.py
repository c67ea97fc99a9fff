"""Wrong passwords and wrong second steps leave a trace in the clinic's audit trail.

A worker writes it, so that the request takes the same time with and without an account. The trail
cannot be changed afterwards, so there is a row for the first failure of an hour and for every
fivefold after it (1, 5, 25, 125, …): an attacker cannot fill the trail, and it still tells a typing
error from an attack.
"""

import json
from typing import Literal

import structlog
from celery import current_app
from django.core.cache import cache
from kombu.exceptions import OperationalError

from core import audit, encryption, origin, tenancy
from core.origin import Origin
from workspaces.sign_in.accounts import find_account

Step = Literal["password", "second_step"]
TASK = "workspaces.tasks.note_failed_sign_in"
WINDOW_SECONDS = 3600
FACTOR = 5

log = structlog.get_logger("accounts")


def note_soon(email: str, *, step: Step, is_known_device: bool, is_refused: bool) -> None:
    """Log that somebody failed to sign in, and have a worker note it in the trail."""
    log.warning(
        "sign_in_failed", step=step, known_device=is_known_device, too_many_before=is_refused
    )
    came_from = origin.current_origin()
    order = {
        "email": email,
        "step": step,
        "address": came_from.address,
        "user_agent": came_from.user_agent,
    }
    try:
        current_app.send_task(TASK, args=[encryption.seal(json.dumps(order))])
    except OperationalError:
        # Nobody is kept out because the broker is away; the log has it.
        log.error("sign_in_failure_not_noted")


def note(order: str) -> None:
    """Write the failure into the trail of the account's clinic, unless it has enough of them."""
    said = json.loads(encryption.unseal(order))
    account = find_account(said["email"])
    if account is None or account.workspace_id is None:
        return
    key = f"failed_sign_ins:{said['step']}:{account.pk}"
    cache.add(key, 0, timeout=WINDOW_SECONDS)
    try:
        count = cache.incr(key)
    except ValueError:  # it expired between the two
        count = 1
    if not _is_power(count):
        return
    is_password = said["step"] == "password"
    with tenancy.within(account.workspace_id):
        audit.record(
            "sign_in.wrong_password" if is_password else "sign_in.wrong_code",
            account,
            by=None,
            name=account.name,
            new={"attempts_in_an_hour": count},
            came_from=Origin(said["address"], said["user_agent"]),
        )


def _is_power(count: int) -> bool:
    while count % FACTOR == 0:
        count //= FACTOR
    return count == 1
