"""`python -m tests.days [DAY …]`: run the tests that depend on the date on other days."""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tests.days import clock

NOW = datetime.now(UTC)
DAYS = {
    "sunday": "2026-12-06T23:30",
    "monday": "2026-12-07T00:30",
    "last-of-a-month": "2027-03-31T23:30",
    "clocks-forward-new-york": "2027-03-14T06:45",
    "clocks-forward-madrid": "2027-03-28T00:45",
    "clocks-back-santiago": "2027-04-04T02:45",
    "clocks-forward-santiago": "2027-09-05T03:45",
    "clocks-back-madrid": "2027-10-31T00:45",
    "clocks-back-new-york": "2027-11-07T05:45",
    "new-years-eve": "2027-12-31T23:30",
    "new-years-day": "2028-01-01T00:30",
    "leap-day": "2028-02-29T12:00",
    "in-400-days": f"{NOW + timedelta(days=400):%Y-%m-%dT%H:%M}",
}
# Tests of what is scheduled, counted by day, paid by month or deleted after a time.
TESTS = (
    "tests/billing",
    "tests/campaigns/test_life.py",
    "tests/days",
    "tests/dev/demo_data",
    "tests/dev/test_seed_demo_at_any_day.py",
    "tests/insights",
    "tests/integrations/test_api_key_pages.py",
    "tests/integrations/test_api_keys.py",
    "tests/messaging/dispatch/test_forecast.py",
    "tests/messaging/dispatch/test_planning.py",
    "tests/messaging/privacy/test_retention.py",
    "tests/messaging/recovery",
    "tests/messaging/test_api.py",
    "tests/messaging/test_ratings.py",
    "tests/patients/api/test_sending.py",
    "tests/patients/imports/test_lifecycle.py",
    "tests/patients/import_pages",
    "tests/patients/patient_pages",
    "tests/workspaces/test_audit_page.py",
    "tests/workspaces/test_entitlements.py",
    "tests/workspaces/test_invitations.py",
)
DELETE_DATA = "from config import embedded; embedded.reset()"
LAST_LINE = re.compile(r"^=+ (.*(?:passed|failed|error).*) =+$", re.MULTILINE)


def main() -> None:
    options = _options()
    results: dict[str, str] = {}
    failed = False
    for day in options.days or DAYS:
        moment = _moment(day)
        started = time.monotonic()
        code, last_line = _run(day, moment, options.tests or TESTS, options.workers)
        failed = failed or code != 0
        seconds = time.monotonic() - started
        results[day] = f"{moment:%a %Y-%m-%d %H:%M} UTC  {last_line} ({seconds:.0f} s)"
    width = max(map(len, results))
    for day, result in results.items():
        print(f"{day:<{width}}  {result}")  # noqa: T201
    if failed:
        raise SystemExit(1)


def _run(day: str, moment: datetime, tests: Sequence[str], workers: str) -> tuple[int, str]:
    """Run the tests at that moment. Return pytest's exit code and its last line."""
    name = re.sub(r"\W", "-", day)
    log = clock.PLACE / f"{name}.log"
    # Separate servers, because those of another day run with another clock.
    place = {"REPUTATION_LOCAL": str(clock.PLACE / name)}
    environment = {**os.environ, **place, **clock.environment(moment)}
    print(f"{day}: {moment:%A %Y-%m-%d %H:%M} UTC, see {log}", flush=True)  # noqa: T201
    with log.open("wb") as output:
        code = subprocess.run(
            [sys.executable, "-m", "pytest", "-n", workers, "--dist", "loadgroup", *tests],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    subprocess.run([sys.executable, "-c", DELETE_DATA], env=environment, check=True)
    text = log.read_text(errors="replace")
    last_lines = LAST_LINE.findall(text)
    for line in text.splitlines():
        if line.startswith(("FAILED ", "ERROR ")):
            print(f"  {line}", flush=True)  # noqa: T201
    return code, last_lines[-1] if last_lines else f"ended with {code}"


def _moment(day: str) -> datetime:
    try:
        return datetime.fromisoformat(DAYS.get(day, day)).replace(tzinfo=UTC)
    except ValueError:
        raise SystemExit(
            f"{day} must be one of {', '.join(DAYS)}, or a time in UTC such as 2028-02-29T12:00."
        ) from None


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.days", description=__doc__)
    parser.add_argument("days", nargs="*", help=f"{', '.join(DAYS)}, or 2028-02-29T12:00 (UTC)")
    parser.add_argument("--tests", nargs="+", help="these tests instead of the default ones")
    parser.add_argument("--workers", default="logical", help="for pytest -n (logical)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
