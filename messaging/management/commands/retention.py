import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import tenancy
from messaging.privacy import retention
from messaging.privacy.retention import RetentionReach
from workspaces.models import Workspace


class Command(BaseCommand):
    help = "Forget what is over its time: texts, patients, rows of lists, erasures after the grace."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say it and change nothing")
        parser.add_argument(
            "--json", dest="for_programs", action="store_true", help="one object a workspace"
        )
        parser.add_argument("--workspace", type=UUID, metavar="ID", help="this one alone")

    def handle(
        self,
        *_args: Any,
        dry_run: bool,
        for_programs: bool,
        workspace: UUID | None,
        **_options: Any,
    ) -> None:
        if workspace:
            with tenancy.platform("retention"):
                if not Workspace.objects.filter(pk=workspace).exists():
                    raise CommandError(f"There is no workspace {workspace}.")
        act = retention.reaches if dry_run else retention.run_retention
        describe = _for_programs if for_programs else _for_people
        for reach in act(workspace_id=workspace):
            self.stdout.write(describe(reach, dry_run))


def _for_programs(reach: RetentionReach, dry_run: bool) -> str:
    return json.dumps(vars(reach) | {"workspace": str(reach.workspace), "dry_run": dry_run})


def _for_people(reach: RetentionReach, dry_run: bool) -> str:
    if reach.is_nothing:
        return f"{reach.workspace} {reach.name}: nothing"
    verb = "would forget" if dry_run else "forgot"
    return (
        f"{reach.workspace} {reach.name}: {verb} {reach.texts} texts of messages,"
        f" {reach.patients} patients, {reach.list_rows} refused rows of lists,"
        f" where {reach.audit_origins} acts in the audit trail came from;"
        f" {reach.erasures} erasures {'would become' if dry_run else 'became'} final"
    )
