"""Generated files: reading takes at most so many operations for each byte.

Operations are counted, never timed, and the ceilings hold at every size: a reader whose work grows
faster than its file passes at some size and fails at twice of it. `FUZZ_EXAMPLES` tries more.
"""

import os
from collections.abc import Callable

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.patients.lists.test_limits import HEADING, LINE, workbook
from tests.patients.lists.work_counter import work_of

SIZES = (4_096, 8_192, 16_384)
# An unclosed record is read for 64 lines, by two parsers, in the survey and again for its rows: 256
# times. The maximum of thousands of examples was 131 letters and 211 calls.
CSV_LETTERS, CSV_CALLS = 260, 300
# The parts are read once, the sheet three times: 7 letters and 12 calls.
XML_LETTERS, XML_CALLS = 15, 30
# Bytes of styles, relations and other parts that are read of every workbook.
OF_THE_WORKBOOK = 4_096

fuzzed = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "5")),
    deadline=None,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)

CELLS = st.one_of(
    st.sampled_from(
        ['"', '""', '"a', 'a"b', '"";', '"\n', "", " ", "\t", "|", ",", "'", '="', "=1+1"]
    ),
    st.sampled_from(["Ana Muñoz", "0987654321", "20/11/2026 9:30", "ana@example.com", "sí", "5"]),
    st.sampled_from(["\ufeff", "\u200b", "\u0301", "😀", "\x1b", "\x85", "\u2028", "sep=;"]),
    st.text(alphabet='";,a1@ -/\n', max_size=12),
    st.integers(100, 2_000).map(lambda length: "x@" * (length // 2)),
)
LINES = st.builds(
    lambda cells, delimiter, end: delimiter.join(cells) + end,
    st.lists(CELLS, min_size=1, max_size=8),
    st.sampled_from(";,\t|"),
    st.sampled_from(["\n", "\r\n", "\r", "", '"\n', "\n\n"]),
)
HEADS = st.sampled_from(["", HEADING, HEADING + LINE * 3, HEADING + LINE * 220, "sep=;\n"])

XML = st.one_of(
    st.sampled_from(
        [
            *("<row/>", "<row>", "</row>", '<row r="9">', '<row r="x">', "<c/>", "<x><y/></x>"),
            '<row><c r="A1"><v>1</v></c></row>',
            '<row><c r="ALL1"><v>1</v></c></row>',
            '<row><c r="XFD1"/></row>',
            '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>',
            '<row><c t="s"><v>99</v></c></row>',
            '<row><c t="inlineStr"><is><t>Ana</t><rPh><t>x</t></rPh></is></c></row>',
            '<row><c t="str"><f>A1</f><v></v></c></row>',
            '<row><c s="1"><v>45000.5</v></c></row>',
            "<row><c><v>1e309</v></c></row>",
            *("<!-- a -->", "<?a b?>", "<![CDATA[a]]>", "&amp;", "&#65;", "&#x1F600;", "&none;"),
            *("<t>", "</t>", "<si>", "</si>", "<si/>", "<si><t>Ana</t></si>", "</worksheet>"),
            '<!DOCTYPE a [<!ENTITY b "c">]>',
        ]
    ),
    st.integers(1, 3_000).map(lambda length: f'<row a="{"x" * length}"/>'),
    st.integers(1, 300).map(lambda depth: "<a>" * depth + "</a>" * depth),
    st.integers(1, 300).map(lambda depth: "<a>" * depth),
    st.integers(1, 50).map(lambda many: "<row " + " ".join(f'a{n}=""' for n in range(many)) + "/>"),
    st.integers(1, 2_000).map(lambda length: f'<row><c t="str"><v>{"x@" * length}</v></c></row>'),
)
PIECES = st.lists(XML, min_size=1, max_size=5).map("".join)


def repeated(piece: str, size: int) -> bytes:
    encoded = piece.encode()
    return encoded * (size // max(len(encoded), 1) + 1)


def assert_work(build: Callable[[int], bytes], *, letters: int, calls: int, besides: int) -> None:
    """Check the letters and calls for each byte. `besides` is added to the bytes of the size."""
    for size in SIZES:
        work, counted_bytes = work_of(build(size)), size + besides
        assert work.letters < letters * counted_bytes, f"{size} bytes: {work.letters} letters"
        assert work.calls < calls * counted_bytes, f"{size} bytes: {work.calls} calls"


@fuzzed
@given(head=HEADS, lines=st.lists(LINES, min_size=1, max_size=4).map("".join))
@example(head=HEADING, lines=f'"{LINE}')
@example(head=HEADING + LINE * 220, lines='Ana "la;"0987654321;20/11/2026 9:30\n')
@example(head="", lines='a"b;a"b;"\n')
@example(head=HEADING, lines='";"\n')
def test_work_for_any_csv_is_proportional_to_its_size(head: str, lines: str) -> None:
    def build(size: int) -> bytes:
        return head.encode() + repeated(lines or ";", size)

    assert_work(build, letters=CSV_LETTERS, calls=CSV_CALLS, besides=len(head.encode()))


@fuzzed
@given(piece=PIECES, where=st.sampled_from(["sheet", "texts", "both"]))
@example(piece="<row/>", where="sheet")
@example(piece='<row><c r="ALL1"><v>1</v></c></row>', where="sheet")
@example(piece="<a>", where="both")
def test_work_for_any_workbook_is_proportional_to_its_size(piece: str, where: str) -> None:
    def build(size: int) -> bytes:
        hostile = repeated(piece, size)
        end = b"</sheetData>"
        return workbook(
            lambda sheet: sheet if where == "texts" else sheet.replace(end, hostile + end),
            strings=b"" if where == "sheet" else b"<sst>" + hostile + b"</sst>",
        )

    assert_work(build, letters=XML_LETTERS, calls=XML_CALLS, besides=OF_THE_WORKBOOK)
