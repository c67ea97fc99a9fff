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
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        verify = actions.add_parser(
            "verify", help="print what differs; exit code 1 if anything does"
        )
        verify.add_argument(
            "--json", dest="for_programs", action="store_true", help="one object a line"
        )
        rebuild = actions.add_parser("rebuild", help="count every day that still has its messages")
        for action in (verify, rebuild):
            action.add_argument("--workspace", type=UUID, metavar="ID", help="this one alone")

    def handle(
        self, *_args: Any, action: str, workspace: UUID | None = None, **options: Any
    ) -> None:
        workspace_ids = _workspace_ids(workspace)
        if action == "rebuild":
            days = sum(rollup.rebuild_tallies(workspace_id=key) for key in workspace_ids)
            self.stdout.write(f"{days} days counted anew.")
            return
        differences = {key: verification.find_differences(key) for key in workspace_ids}
        self._print(differences, for_programs=options["for_programs"])
        if count := sum(map(len, differences.values())):
            raise CommandError(f"{count} tallies differ: run `manage.py insights rebuild`.")

    def _print(self, differences: dict[UUID, list[Difference]], *, for_programs: bool) -> None:
        for key, found in differences.items():
            for difference in found:
                row = {"workspace": str(key), **asdict(difference)}
                self.stdout.write(json.dumps(row) if for_programs else _format(row))
        if not for_programs and not any(differences.values()):
            self.stdout.write(f"{len(differences)} workspaces: every figure equals the recount.")


def _workspace_ids(key: UUID | None) -> list[UUID]:
    with tenancy.platform("insights"):
        workspaces = Workspace.objects.order_by("pk")
        if key:
            workspaces = workspaces.filter(pk=key)
        workspace_ids = list(workspaces.values_list("pk", flat=True))
    if key and not workspace_ids:
        raise CommandError(f"There is no workspace {key}.")
    return workspace_ids


def _format(row: dict[str, Any]) -> str:
    cell = " ".join(f"{name}={value}" for name, value in row["cell"].items() if value)
    return f"{row['kind']} {row['facet']} {cell}: {row['read']} is to be {row['recounted']}"
