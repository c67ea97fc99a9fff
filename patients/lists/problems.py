"""The exception for a file that cannot be read as a list."""

from typing import Any


class ListProblem(Exception):  # noqa: N818  # an expected result, no failure of ours
    """Why a whole file is refused. `problem_messages` has the text for each code."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details
