"""Compile a report with Typst, as a program: JSON from standard input, a PDF to standard output.

It runs in a process of its own (see `rendering.py`), because Python cannot stop native code that
takes too long or too much memory, and a crash of it must not take a web server along.
"""

import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

MAX_CPU_SECONDS = 10
MAX_MEMORY = 1024**3
# Typst can read files below its root only. This folder has nothing but the template.
TEMPLATE = Path(__file__).with_name("template") / "monthly_report.typ"


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    sys.stdout.buffer.write(compile_report(sys.stdin.read()))


def compile_report(document: str) -> bytes:
    """Return the report as a PDF. `document` is the JSON that the template reads."""
    # PDF/UA: titled, tagged, with a language and a text for each picture. Typst checks all of it.
    compiled = open_report(document).compile(format="pdf", pdf_standards=["ua-1"])
    assert isinstance(compiled, bytes)
    return compiled


def open_report(document: str) -> "typst.Compiler":
    """Return the compiler of a report, with our typefaces only."""
    import font_manrope
    import font_source_serif_pro
    import typst

    folders = [module.font_directory for module in (font_manrope, font_source_serif_pro)]
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=folders
    )
    return typst.Compiler(
        TEMPLATE, root=TEMPLATE.parent, font_paths=fonts, sys_inputs={"document": document}
    )


if __name__ == "__main__":
    main()
