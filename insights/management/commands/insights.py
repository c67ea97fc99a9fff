import json
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import tenancy
from insights import rollup, verification
from insights.verification import Difference
from workspaces.models import Workspace


class Command(BaseCommand):
    help = "Compare the dashboard's figures with a recount of all messages, or count them anew."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        verify = acts.add_parser("verify", help="print what differs; exit code 1 if anything does")
        verify.add_argument(
            "--json", dest="for_programs", action="store_true", help="one object a line"
        )
        rebuild = acts.add_parser("rebuild", help="count every day that still has its messages")
        for act in (verify, rebuild):
            act.add_argument("--workspace", type=UUID, metavar="ID", help="this one alone")

    def handle(self, *_args: Any, act: str, workspace: UUID | None = None, **options: Any) -> None:
        chosen = _workspaces(workspace)
        if act == "rebuild":
            days = sum(rollup.rebuild_tallies(workspace_id=key) for key in chosen)
            self.stdout.write(f"{days} days counted anew.")
            return
        found = {key: verification.find_differences(key) for key in chosen}
        self._say(found, for_programs=options["for_programs"])
        if differing := sum(map(len, found.values())):
            raise CommandError(f"{differing} tallies differ: run `manage.py insights rebuild`.")

    def _say(self, found: dict[UUID, list[Difference]], *, for_programs: bool) -> None:
        for key, differences in found.items():
            for difference in differences:
                told = {"workspace": str(key), **asdict(difference)}
                self.stdout.write(json.dumps(told) if for_programs else _line(told))
        if not for_programs and not any(found.values()):
            self.stdout.write(f"{len(found)} workspaces: every figure equals the recount.")


def _workspaces(key: UUID | None) -> list[UUID]:
    with tenancy.platform("insights"):
        everyone = Workspace.objects.order_by("pk")
        chosen = list((everyone.filter(pk=key) if key else everyone).values_list("pk", flat=True))
    if key and not chosen:
        raise CommandError(f"There is no workspace {key}.")
    return chosen


def _line(told: dict[str, Any]) -> str:
    cell = " ".join(f"{name}={value}" for name, value in told["cell"].items() if value)
    return f"{told['kind']} {told['facet']} {cell}: {told['read']} is to be {told['recounted']}"
