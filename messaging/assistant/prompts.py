"""The texts that instruct the model, as files whose names carry a version.

A changed text is a new file with the next number. The ledger stores which one a call used.
"""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("prompts")

SUGGEST_ANSWER = "suggest_answer.v1"
SUGGEST_REPLY = "suggest_reply.v1"
SUMMARIZE_MONTH = "summarize_month.v1"


@cache
def read_prompt(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").strip()
