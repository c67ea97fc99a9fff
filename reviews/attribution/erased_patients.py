"""Delete the guesses about patients who were erased: they would name somebody who is gone."""

from datetime import datetime

from core.retention import KeepsData, RetentionRule
from core.sql import delete_in_batches

BATCH_SIZE = 1000

DELETE = """
DELETE FROM reviews_attribution WHERE id IN (
    SELECT guess.id FROM reviews_attribution guess
    JOIN patients_patient pt ON pt.id = guess.patient_id
    WHERE guess.workspace_id = %(workspace)s AND pt.data_deleted_at IS NOT NULL
    LIMIT %(limit)s)
"""


def delete_guesses(workspace: KeepsData, _now: datetime) -> int:
    return delete_in_batches(
        DELETE, reason="attribution of erased patients", batch=BATCH_SIZE, workspace=workspace.pk
    )


ERASED_PATIENTS = RetentionRule(label="attributions", count=None, delete=delete_guesses)
