"""The environment, where each setting may also be the content of a file."""

import environ
from environ.fileaware_mapping import FileAwareMapping


class SettingsOrFiles(FileAwareMapping):  # type: ignore[misc]  # django-environ has no types
    """Read `NAME` from the file that `NAME_FILE` names, as secret stores provide secrets.

    Editors end a file with a line break, which is no part of a password.
    """

    def __getitem__(self, key: str) -> str:
        value: str = super().__getitem__(key)
        return value.strip() if f"{key}_FILE" in self.env else value


class Environment(environ.FileAwareEnv):  # type: ignore[misc]  # likewise
    ENVIRON = SettingsOrFiles(cache=False)
