import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dev.benches import Case, machine
from dev.benches.calling import post
from dev.management.commands import bench
from tests.database import build_template

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
PATIENCE = 240

CASES = [Case("calls", 60.0, 100.0, "calls/s", at_least=0.6)]


def test_json_output_is_one_object() -> None:
    said = json.loads(bench._for_programs("webhooks", CASES))

    assert said["bench"] == "webhooks"
    assert said["machine"] == machine.description()
    (case,) = said["cases"]
    assert {key: case[key] for key in ("case", "ours", "limit", "ratio", "unit")} == {
        "case": "calls",
        "ours": 60.0,
        "limit": 100.0,
        "ratio": 0.6,
        "unit": "calls/s",
    }


def test_text_output_has_one_line_for_each_case() -> None:
    (line,) = bench._for_people(CASES).splitlines()

    assert "ratio 0.60" in line


def test_unknown_bench_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(CommandError, match="webhooks"):
        call_command("bench", "patience", stdout=StringIO())


def test_machine_is_described() -> None:
    assert {"cpu", "cpus", "python", "postgres"} <= machine.description().keys()


def test_prepared_request_is_complete() -> None:
    head, _, body = post("/x", b"Body=5", {"X": "y"}).partition(b"\r\n\r\n")

    assert head.splitlines()[0] == b"POST /x HTTP/1.1"
    assert b"Content-Length: 6" in head
    assert body == b"Body=5"


@pytest.mark.parametrize(
    ("name", "options", "case"),
    [
        ("api", ("--calls", "20", "--rounds", "1", "--patients", "60"), "a batch of 1,000"),
        ("plans", ("--stored", "2000", "--due", "2000"), "claim, 2,000 due beside 20"),
    ],
)
def test_bench_runs(name: str, options: tuple[str, ...], case: str) -> None:
    """It is so small that its figures mean nothing, so a missed limit is no failure."""
    measured = subprocess.run(
        [sys.executable, "manage.py", "bench", name, *options],
        cwd=ROOT,
        env={**os.environ, "BENCH_TEMPLATE": build_template()},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert case in measured.stdout, measured.stderr
