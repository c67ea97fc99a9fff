"""Import a list of appointments from the command line."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Campaign
from core import tenancy
from core.errors import ProblemError
from patients.imports.direct_import import import_file
from patients.imports.progress import Progress
from patients.imports.upload import Choices
from patients.lists.column_mapping import Field
from patients.lists.problem_messages import problem_message
from patients.lists.problems import ListProblem
from patients.models import DateOrder, Import
from workspaces.models import User

# The keys of each row in the JSON output. "problem" follows with the message of the reason.
KEYS = (
    *("row", "outcome", "name", "phone", "email", "appointment_time", "has_consent"),
    *("will_be_asked", "reason"),
)
BAR = 30


class Command(BaseCommand):
    help = "Import a list of appointments into a campaign, as the page does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV or XLSX")
        parser.add_argument("--campaign", required=True, metavar="ID")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")
        parser.add_argument(
            "--json", dest="for_programs", action="store_true", help="one object per row and line"
        )
        parser.add_argument("--sheet", default="", metavar="NAME", help="of a workbook (the first)")
        parser.add_argument(
            "--column",
            dest="columns",
            action="append",
            default=[],
            metavar="FIELD=HEADING",
            help=f"where the guess is wrong; the fields: {', '.join(Field)}",
        )
        parser.add_argument("--date-order", default="", choices=DateOrder.values)
        parser.add_argument("--by", default="", metavar="EMAIL", help="whose import it is")

    def handle(self, *_args: Any, file: Path, campaign: str, **options: Any) -> None:
        target = _find_campaign(campaign)
        with translation.override(target.workspace.language), TemporaryFile("w+") as lines:
            try:
                listed = _import(target, file, lines if options["for_programs"] else None, options)
            except ListProblem as problem:
                raise CommandError(problem_message(problem.code, problem.details)) from problem
            except ProblemError as problem:
                raise CommandError(str(problem.message)) from problem
            except OSError as error:
                raise CommandError(f"{file}: {error.strerror}.") from error
            finally:
                _clear_bar()
            # Printed at the end, because the import may still fail and be rolled back.
            if options["for_programs"]:
                lines.seek(0)
                for line in lines:
                    self.stdout.write(line, ending="")
            else:
                self.stdout.write(_summary(listed, is_dry=options["dry_run"]))


def _find_campaign(id_: str) -> Campaign:
    try:
        with tenancy.platform("import_patients"):
            return Campaign.objects.select_related("workspace", "practice").get(pk=UUID(id_))
    except (ValueError, Campaign.DoesNotExist):
        raise CommandError(
            f"There is no campaign {id_}. Its id is in the address of its page."
        ) from None


def _import(
    campaign: Campaign, file: Path, lines: IO[str] | None, options: dict[str, Any]
) -> Import:
    def write(verdict: dict[str, Any]) -> None:
        reason, details = verdict["reason"], verdict["details"]
        record = {key: verdict[key] for key in KEYS}
        record["problem"] = problem_message(reason, details) if reason else None
        print(json.dumps(record, ensure_ascii=False), file=lines)

    choices = Choices(options["sheet"], _parse_columns(options["columns"]), options["date_order"])
    with file.open("rb") as opened, tenancy.within(campaign.workspace_id):
        return import_file(
            campaign=campaign,
            file=opened,
            filename=file.name,
            choices=choices,
            by=_find_member(campaign, options["by"]),
            dry_run=options["dry_run"],
            on_progress=_draw_bar,
            on_verdict=write if lines else None,
        )


def _parse_columns(options: list[str]) -> dict[str, str]:
    if wrong := [option for option in options if "=" not in option]:
        raise CommandError(f"--column {wrong[0]}: write it as FIELD=HEADING.")
    return dict(option.split("=", 1) for option in options)


def _find_member(campaign: Campaign, email: str) -> User | None:
    if not email:
        return None
    member = User.objects.within(campaign.workspace).filter(email__iexact=email).first()
    if not member:
        raise CommandError(f"{email} is nobody of the campaign's workspace.")
    return member


def _summary(listed: Import, *, is_dry: bool) -> str:
    lines = [
        ngettext("%d row was read.", "%d rows were read.", listed.rows_read) % listed.rows_read,
        _("New: %(new)d. Already there: %(known)d. Not taken: %(refused)d.")
        % {"new": listed.rows_new, "known": listed.rows_known, "refused": listed.rows_refused},
        _("Will be asked: %d.") % listed.will_be_asked,
        *(f"  {rows} × {reason}" for reason, rows in listed.forecast.items()),
    ]
    if is_dry:
        lines.append(_("This was a dry run: nothing was stored."))
    return "\n".join(lines)


def _draw_bar(progress: Progress) -> None:
    """Draw the progress to stderr, if that is a terminal."""
    if not sys.stderr.isatty():
        return
    share = min(progress.read / progress.total, 1) if progress.total else 0
    done = round(share * BAR)
    left = "" if progress.seconds_left is None else f"  {progress.seconds_left} s"
    sys.stderr.write(
        f"\r[{'█' * done}{'·' * (BAR - done)}] {progress.read}"
        f"  {progress.per_second:.0f}/s{left}\033[K"
    )
    sys.stderr.flush()


def _clear_bar() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
