"""Import a list like the command does.

`python -m dev.benches.importing_once` prints the memory before it and its peak, in megabytes.
"""

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


def import_list(file: Path, campaign_id: UUID) -> None:
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


def peak_memory() -> float:
    """Return the peak in megabytes.

    `ru_maxrss` is only the fallback: on Linux it starts with the peak of the parent process.
    """
    if STATUS.exists():
        match = re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text())
        assert match
        return int(match[1]) / 1024
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
        idle = peak_memory()
    import_list(Path(sys.argv[1]), UUID(sys.argv[2]))
    print(idle, peak_memory())  # noqa: T201


if __name__ == "__main__":
    main()
