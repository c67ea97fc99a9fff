import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import tenancy
from core.retention import retention_rules
from messaging.privacy import retention
from messaging.privacy.retention import RetentionCounts
from workspaces.models import Workspace


class Command(BaseCommand):
    help = "Delete what is kept too long: texts, patients, rows of lists, erasures after the grace."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say it and change nothing")
        parser.add_argument(
            "--json", dest="as_json", action="store_true", help="one object a workspace"
        )
        parser.add_argument("--workspace", type=UUID, metavar="ID", help="this one alone")

    def handle(
        self,
        *_args: Any,
        dry_run: bool,
        as_json: bool,
        workspace: UUID | None,
        **_options: Any,
    ) -> None:
        if workspace:
            with tenancy.platform("retention"):
                if not Workspace.objects.filter(pk=workspace).exists():
                    raise CommandError(f"There is no workspace {workspace}.")
        run = retention.preview_retention if dry_run else retention.run_retention
        describe = _format_json if as_json else _format_line
        for counts in run(workspace_id=workspace):
            self.stdout.write(describe(counts, dry_run))


def _format_json(counts: RetentionCounts, dry_run: bool) -> str:
    about = {"workspace": str(counts.workspace), "name": counts.name}
    return json.dumps(about | dict(counts.rows) | {"dry_run": dry_run})


def _format_line(counts: RetentionCounts, dry_run: bool) -> str:
    if counts.is_empty:
        return f"{counts.workspace} {counts.name}: nothing"
    rules = retention_rules()
    what = [f"{rows} {rules[name].label}" for name, rows in counts.rows.items() if rows]
    verb = "would forget" if dry_run else "forgot"
    return f"{counts.workspace} {counts.name}: {verb} {', '.join(what)}"
