"""A list imported as the command does it. On its own: `python -m dev.benches.importing_once`
says what that took of memory, in megabytes, before and at its most."""

import os
import re
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Memory:
    idle: float
    peak: float

    @property
    def over(self) -> float:
        return self.peak - self.idle


def bring(file: Path, campaign_id: UUID) -> None:
    from campaigns.models import Campaign
    from core import tenancy
    from patients.imports.direct_import import import_file
    from patients.imports.upload import Choices

    with tenancy.platform("bench"):
        campaign = Campaign.objects.select_related("workspace", "practice").get(pk=campaign_id)
    with tenancy.within(campaign.workspace_id), file.open("rb") as opened:
        import_file(
            campaign=campaign,
            file=opened,
            filename=file.name,
            choices=Choices(),
            by=None,
            dry_run=False,
            on_progress=lambda _progress: None,
        )


def most_used() -> float:
    """Not `ru_maxrss` where there is better: on Linux that begins with what the parent had."""
    if STATUS.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text())
        assert found
        return int(found[1]) / 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

    from config.celery import app
    from core import tenancy

    app.loader.import_default_modules()
    with tenancy.platform("bench"):
        idle = most_used()
    bring(Path(sys.argv[1]), UUID(sys.argv[2]))
    print(idle, most_used())  # noqa: T201


if __name__ == "__main__":
    main()
