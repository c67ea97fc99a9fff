"""Read settings from the environment, or from files as secret stores provide them."""

import environ
from environ.fileaware_mapping import FileAwareMapping


class SettingsOrFiles(FileAwareMapping):  # type: ignore[misc]  # django-environ has no types
    """Reads the setting `NAME` from the file in `NAME_FILE`, if that is set.

    White space around the content is removed, because editors end a file with a line break.
    """

    def __getitem__(self, key: str) -> str:
        value: str = super().__getitem__(key)
        return value.strip() if f"{key}_FILE" in self.env else value


class Environment(environ.FileAwareEnv):  # type: ignore[misc]  # likewise
    ENVIRON = SettingsOrFiles(cache=False)
