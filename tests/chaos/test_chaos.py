import subprocess
import sys

import pytest

from config.embedded.places import ROOT

PATIENCE = 600


def test_every_promise_holds_in_a_storm(capfd: pytest.CaptureFixture[str]) -> None:
    """The short form; `make chaos` is the long one. The seed it prints makes the same storm."""
    storm = subprocess.run(
        [sys.executable, "-m", "tests.chaos", "--patients", "70", "--seconds", "12"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    with capfd.disabled():
        # Of a process of xdist's only this reaches the screen.
        print(f"\n{storm.stdout}", file=sys.stderr)  # noqa: T201
    assert storm.returncode == 0, storm.stdout + storm.stderr
