import subprocess
import sys

import pytest

from config.embedded.places import ROOT

TIMEOUT = 600


def test_every_promise_holds_while_processes_are_killed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The short form of `make chaos`, which has another plan in every run."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.chaos", "--seed", "1", "--patients", "70", "--seconds", "12"],
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
