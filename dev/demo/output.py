"""Print the lines of several processes on one screen, each with the name of its process."""

import os
import signal
from collections.abc import Iterable
from typing import TextIO

COLOURS = ("36", "35", "33", "32", "34")
OWN = "1"


class Output:
    def __init__(self, screen: TextIO, names: Iterable[str]) -> None:
        self.screen = screen
        self.width = max(len(name) for name in names)
        # A colour for each name, but only on a terminal.
        colourful = screen.isatty() and "NO_COLOR" not in os.environ
        self.colours = dict(zip(names, COLOURS, strict=False)) if colourful else {}

    def line(self, name: str, text: str) -> None:
        prefix = f"{name:<{self.width}} │"
        if self.colours:
            prefix = f"\033[{self.colours.get(name, OWN)}m{prefix}\033[0m"
        self.plain(f"{prefix} {text}")

    def plain(self, text: str) -> None:
        try:
            print(text, file=self.screen, flush=True)
        except OSError:
            # The reader of our output is gone: stop as after SIGTERM, without another error.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.screen.fileno())
            os.kill(os.getpid(), signal.SIGTERM)
