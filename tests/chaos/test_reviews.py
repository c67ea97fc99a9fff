import subprocess
import sys

import pytest

from config.embedded.places import ROOT

TIMEOUT = 600


def test_reviews_and_replies_survive_errors_of_google_and_killed_workers(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The short form of the part of `make chaos` about public reviews."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.chaos.reviews", "--seed", "1", "--kills", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    with capfd.disabled():
        # Under xdist only this reaches the screen.
        print(f"\n{run.stdout}", file=sys.stderr)  # noqa: T201
    assert run.returncode == 0, run.stdout + run.stderr
