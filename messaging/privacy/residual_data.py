"""Find and erase a person in data that has no link to a patient.

That is: refused rows of lists, the sample rows that were shown of a file, and the provider's calls.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import phonenumbers
from django.utils import timezone

from core.sql import execute, fetch
from patients.imports.retention import remove_samples
from patients.models import ImportProblem

# People write numbers in many ways, so a phone is searched by its digits without the country code,
# and an e-mail anywhere in a cell.
CELLS_HAVE_ADDRESS = """
EXISTS (
    SELECT FROM jsonb_array_elements_text(p.cells) AS cell(text)
    WHERE EXISTS (SELECT FROM unnest(%(emails)s::text[]) email
                  WHERE position(email IN lower(cell.text)) > 0)
       OR EXISTS (SELECT FROM unnest(%(numbers)s::text[]) number
                  WHERE position(number IN regexp_replace(cell.text, '[^0-9]', '', 'g')) > 0))
"""

# A name may be spread over several cells. A name of one word must match a whole word.
CELLS_HAVE_NAME = r"""
EXISTS (
    SELECT FROM unnest(%(names)s::text[]) name,
        (SELECT ' ' || regexp_replace(lower(string_agg(cell.text, ' ')), '\s+', ' ', 'g') || ' '
         FROM jsonb_array_elements_text(p.cells) AS cell(text)) AS row(text)
    WHERE position(CASE WHEN name LIKE '%% %%' THEN name ELSE ' ' || name || ' ' END
                   IN row.text) > 0)
"""

FIND_REFUSED = f"""
SELECT p.id FROM patients_importproblem p
WHERE p.workspace_id = %(workspace)s AND {CELLS_HAVE_ADDRESS}
ORDER BY p.id DESC
LIMIT %(limit)s
"""

EMPTY_REFUSED = f"""
UPDATE patients_importproblem p SET cells = '[]', details = '{{}}', updated_at = %(now)s
WHERE p.workspace_id = %(workspace)s AND p.cells <> '[]'
  AND ({CELLS_HAVE_ADDRESS} OR {CELLS_HAVE_NAME})
"""

LOCK_SAMPLES = """
SELECT id, preview, survey, statuses FROM patients_import
WHERE workspace_id = %(workspace)s
  AND (preview <> '[]' OR statuses <> '[]' OR jsonb_path_exists(survey, '$.**.samples[*]'))
FOR NO KEY UPDATE
"""

UPDATE_SAMPLES = """
UPDATE patients_import
SET preview = %(preview)s::jsonb, survey = %(survey)s::jsonb, statuses = %(statuses)s::jsonb,
    updated_at = %(now)s
WHERE id = %(id)s
"""

# A sequential scan, which is cheap: the table holds a week of calls.
DELETE_CALLS = """
DELETE FROM core_incomingwebhook
WHERE processed_at IS NOT NULL
  AND (payload->>'message' = ANY(%(messages)s)
       OR payload->'fields'->>'MessageSid' = ANY(%(sids)s)
       OR payload->'fields'->>'From' = ANY(%(phones)s)
       OR payload->'fields'->>'To' = ANY(%(phones)s)
       OR payload->'fields'->>'ExternalUserId' = ANY(%(users)s))
"""


@dataclass(frozen=True)
class SearchTerms:
    """What identifies a person, in the forms in which it is searched for."""

    emails: list[str]
    numbers: list[str]
    names: list[str]

    @classmethod
    def from_addresses(
        cls, addresses: Collection[str], names: Collection[str] = ()
    ) -> "SearchTerms":
        return cls(
            emails=sorted(address for address in addresses if "@" in address),
            numbers=sorted(
                _national_number(address) for address in addresses if "@" not in address
            ),
            names=sorted({" ".join(name.lower().split()) for name in names} - {""}),
        )

    def occur_in(self, data: object) -> bool:
        """Return whether any of the terms is in a leaf of this JSON value."""
        if isinstance(data, dict):
            return any(map(self.occur_in, data.values()))
        if isinstance(data, list):
            return any(map(self.occur_in, data))
        text = " ".join(str(data).lower().split())
        digits = "".join(filter(str.isdigit, text))
        return (
            any(email in text for email in self.emails)
            or any(number in digits for number in self.numbers)
            or any(name in text if " " in name else name == text for name in self.names)
        )


def find_refused_rows(workspace_id: UUID, addresses: Collection[str]) -> list[ImportProblem]:
    """Return refused rows with one of these addresses. The same name may be somebody else."""
    if not addresses:
        return []
    terms = SearchTerms.from_addresses(addresses)
    matches = fetch(
        FIND_REFUSED, workspace=workspace_id, emails=terms.emails, numbers=terms.numbers, limit=100
    )
    rows = ImportProblem.objects.within(workspace_id).select_related("source")
    return list(rows.filter(pk__in=[row["id"] for row in matches]).order_by("-pk"))


def erase_from_lists(workspace_id: UUID, terms: SearchTerms) -> None:
    """Erase the person from refused rows and from the samples of lists.

    A row of another person with the same name may go too. It was refused long ago, so nothing is
    lost.
    """
    now = timezone.now()
    execute(EMPTY_REFUSED, workspace=workspace_id, now=now, **vars(terms))
    for source in fetch(LOCK_SAMPLES, workspace=workspace_id):
        preview, survey = _parse_json(source["preview"]), _parse_json(source["survey"])
        statuses = _parse_json(source["statuses"])
        if terms.occur_in(preview) or terms.occur_in(survey) or terms.occur_in(statuses):
            execute(
                UPDATE_SAMPLES,
                id=source["id"],
                preview=json.dumps([row for row in preview if not terms.occur_in(row)]),
                survey=json.dumps(remove_samples(survey)),
                statuses=json.dumps([status for status in statuses if not terms.occur_in(status)]),
                now=now,
            )


def delete_provider_calls(
    *,
    messages: Collection[UUID],
    sids: Collection[str],
    addresses: Collection[str],
    users: Collection[str] = (),
) -> None:
    """Delete stored calls of a provider. They have no workspace, so call this as the platform."""
    phones = [address for address in addresses if "@" not in address]
    execute(
        DELETE_CALLS,
        messages=[str(message) for message in messages],
        sids=list(sids),
        phones=[*phones, *(f"whatsapp:{address}" for address in [*phones, *users])],
        users=list(users),
    )


def _national_number(phone: str) -> str:
    return str(phonenumbers.parse(phone).national_number)


def _parse_json(data: Any) -> Any:
    return json.loads(data) if isinstance(data, str) else data
