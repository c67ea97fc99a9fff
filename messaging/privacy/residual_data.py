"""Where a person is named although no row is theirs: refused rows of lists, what was shown of a
file, and the provider's calls as they came."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import phonenumbers
from django.utils import timezone

from core.sql import execute, fetch
from patients.models import ImportProblem

# A cell is compared as people write: a number by its digits without the country's code, an e-mail
# wherever it stands.
BY_ADDRESS = """
EXISTS (
    SELECT FROM jsonb_array_elements_text(p.cells) AS cell(text)
    WHERE EXISTS (SELECT FROM unnest(%(emails)s::text[]) email
                  WHERE position(email IN lower(cell.text)) > 0)
       OR EXISTS (SELECT FROM unnest(%(numbers)s::text[]) number
                  WHERE position(number IN regexp_replace(cell.text, '[^0-9]', '', 'g')) > 0))
"""

# A name may be spread over cells. One word alone has to stand by itself.
BY_NAME = r"""
EXISTS (
    SELECT FROM unnest(%(names)s::text[]) name,
        (SELECT ' ' || regexp_replace(lower(string_agg(cell.text, ' ')), '\s+', ' ', 'g') || ' '
         FROM jsonb_array_elements_text(p.cells) AS cell(text)) AS row(text)
    WHERE position(CASE WHEN name LIKE '%% %%' THEN name ELSE ' ' || name || ' ' END
                   IN row.text) > 0)
"""

REFUSED = f"""
SELECT p.id FROM patients_importproblem p
WHERE p.workspace_id = %(workspace)s AND {BY_ADDRESS}
ORDER BY p.id DESC
LIMIT %(limit)s
"""

EMPTY_REFUSED = f"""
UPDATE patients_importproblem p SET cells = '[]', details = '{{}}', updated_at = %(now)s
WHERE p.workspace_id = %(workspace)s AND p.cells <> '[]' AND ({BY_ADDRESS} OR {BY_NAME})
"""

SHOWN = """
SELECT id, preview, survey, statuses FROM patients_import
WHERE workspace_id = %(workspace)s
  AND (preview <> '[]' OR statuses <> '[]' OR jsonb_path_exists(survey, '$.**.samples[*]'))
FOR NO KEY UPDATE
"""

KEEP_SHOWN = """
UPDATE patients_import
SET preview = %(preview)s::jsonb, survey = %(survey)s::jsonb, statuses = %(statuses)s::jsonb,
    updated_at = %(now)s
WHERE id = %(id)s
"""

# One pass over a table that holds a week.
FORGET_CALLS = """
DELETE FROM core_incomingwebhook
WHERE processed_at IS NOT NULL
  AND (payload->>'message' = ANY(%(messages)s)
       OR payload->'fields'->>'MessageSid' = ANY(%(sids)s)
       OR payload->'fields'->>'From' = ANY(%(phones)s)
       OR payload->'fields'->>'To' = ANY(%(phones)s)
       OR payload->'fields'->>'ExternalUserId' = ANY(%(users)s))
"""


@dataclass(frozen=True)
class Marks:
    """What gives a person away, in the forms in which it is searched for."""

    emails: list[str]
    numbers: list[str]
    names: list[str]

    @classmethod
    def of(cls, addresses: Collection[str], names: Collection[str] = ()) -> "Marks":
        return cls(
            emails=sorted(one for one in addresses if "@" in one),
            numbers=sorted(_national(one) for one in addresses if "@" not in one),
            names=sorted({" ".join(name.lower().split()) for name in names} - {""}),
        )

    def are_in(self, said: object) -> bool:
        """Anywhere in a piece of JSON, taken leaf by leaf."""
        if isinstance(said, dict):
            return any(map(self.are_in, said.values()))
        if isinstance(said, list):
            return any(map(self.are_in, said))
        text = " ".join(str(said).lower().split())
        digits = "".join(filter(str.isdigit, text))
        return (
            any(one in text for one in self.emails)
            or any(one in digits for one in self.numbers)
            or any(one in text if " " in one else one == text for one in self.names)
        )


def refused_rows(workspace_id: UUID, addresses: Collection[str]) -> list[ImportProblem]:
    """By address alone: whoever has the same name may be somebody else."""
    if not addresses:
        return []
    marks = Marks.of(addresses)
    found = fetch(
        REFUSED, workspace=workspace_id, emails=marks.emails, numbers=marks.numbers, limit=100
    )
    rows = ImportProblem.objects.within(workspace_id).select_related("source")
    return list(rows.filter(pk__in=[row["id"] for row in found]).order_by("-pk"))


def forget_in_lists(workspace_id: UUID, marks: Marks) -> None:
    """The caller may name somebody else's row as well: it was refused long ago, and nobody lost."""
    now = timezone.now()
    execute(EMPTY_REFUSED, workspace=workspace_id, now=now, **vars(marks))
    for shown in fetch(SHOWN, workspace=workspace_id):
        preview, survey = _read(shown["preview"]), _read(shown["survey"])
        statuses = _read(shown["statuses"])
        if marks.are_in(preview) or marks.are_in(survey) or marks.are_in(statuses):
            execute(
                KEEP_SHOWN,
                id=shown["id"],
                preview=json.dumps([row for row in preview if not marks.are_in(row)]),
                survey=json.dumps(without_samples(survey)),
                statuses=json.dumps([one for one in statuses if not marks.are_in(one)]),
                now=now,
            )


def forget_calls(
    *,
    messages: Collection[UUID],
    sids: Collection[str],
    addresses: Collection[str],
    users: Collection[str] = (),
) -> None:
    """The caller holds the platform's door: a call belongs to no workspace."""
    phones = [one for one in addresses if "@" not in one]
    execute(
        FORGET_CALLS,
        messages=[str(one) for one in messages],
        sids=list(sids),
        phones=[*phones, *(f"whatsapp:{one}" for one in [*phones, *users])],
        users=list(users),
    )


def without_samples(said: Any) -> Any:
    """What a file is, without the cells that were shown of it."""
    if isinstance(said, dict):
        return {
            key: [] if key == "samples" else without_samples(value) for key, value in said.items()
        }
    if isinstance(said, list):
        return [without_samples(one) for one in said]
    return said


def _national(phone: str) -> str:
    return str(phonenumbers.parse(phone).national_number)


def _read(said: Any) -> Any:
    return json.loads(said) if isinstance(said, str) else said
