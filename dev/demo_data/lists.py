"""Build the uploaded lists: one for each week and campaign, some with rejected rows."""

import random
from datetime import timedelta
from io import BytesIO

from campaigns.models import Campaign
from dev.demo_data import moments, words
from dev.demo_data.history import History
from dev.demo_data.rows import made_at
from dev.demo_data.visits import Visit
from patients.lists.survey import survey
from patients.models import DateOrder, Import, ImportProblem, ImportStatus
from workspaces.models import User

HAS_BAD_ROWS = 0.12
MAPPING = {
    "name": "Paciente",
    "phone": "Celular",
    "email": "Correo",
    "appointment_time": "Fecha y hora",
    "consent": "Autoriza",
}


class Reception:
    def __init__(self, history: History, chance: random.Random, by: User) -> None:
        self.history, self.chance, self.by = history, chance, by
        self.lists: dict[tuple[str, int, int], Import] = {}
        self.survey = survey(BytesIO(_sample_list()), filename="citas.csv")

    def count_in_forecast(self, listed: Import, *, has_consent: bool) -> None:
        """Count the row in the forecast, which the receptionist saw before the import."""
        if has_consent:
            listed.will_be_asked += 1
        else:
            _count_reason(listed, "no_consent")

    def row_for(self, visit: Visit, campaign: Campaign) -> tuple[Import, int]:
        """Return the list of the visit, and the number of its row. Row 1 has the headings."""
        year, week, _ = visit.at.isocalendar()
        key = (visit.theme.campaign, year, week)
        if key not in self.lists:
            self.lists[key] = self._add_list(visit, campaign)
        listed = self.lists[key]
        listed.rows_new += 1
        return listed, self._next_row_number(listed)

    def _add_list(self, visit: Visit, campaign: Campaign) -> Import:
        moment = moments.at(visit.at.date(), 7, self.chance.randint(5, 55))
        done = moment + timedelta(seconds=self.chance.randint(2, 9))
        listed = Import(
            **made_at(moment, self.chance) | {"updated_at": done},
            workspace_id=campaign.workspace_id,
            campaign=campaign,
            uploaded_by=self.by,
            uploaded_by_name=self.by.name,
            filename=f"citas-{moment:%Y-%m-%d}.csv",
            survey=self.survey.as_json(),
            layout=self.survey.layout,
            mapping=MAPPING,
            date_order=DateOrder.DMY,
            forecast={},
            status=ImportStatus.DONE,
            rows_total=0,
            started_at=moment,
            finished_at=done,
        )
        self.history.imports.append(listed)
        if self.chance.random() < HAS_BAD_ROWS:
            self._add_problems(listed)
        return listed

    def _add_problems(self, listed: Import) -> None:
        for reason, details, cells in self.chance.sample(words.REFUSED, self.chance.randint(1, 2)):
            listed.rows_refused += 1
            _count_reason(listed, reason)
            self.history.problems.append(
                ImportProblem(
                    **made_at(listed.created_at, self.chance),
                    workspace_id=listed.workspace_id,
                    source=listed,
                    row_number=self._next_row_number(listed),
                    reason=reason,
                    details=details,
                    cells=[cell.format(day=f"{listed.created_at:%d/%m/%Y}") for cell in cells],
                )
            )

    def _next_row_number(self, listed: Import) -> int:
        listed.rows_read += 1
        listed.rows_total = listed.rows_read
        return listed.rows_read + 1


def _count_reason(listed: Import, reason: str) -> None:
    listed.forecast[reason] = listed.forecast.get(reason, 0) + 1


def _sample_list() -> bytes:
    rows = (words.LIST_HEADINGS, words.LIST_ROW)
    return "\n".join(";".join(row) for row in rows).format(day="13/03/2026").encode()
