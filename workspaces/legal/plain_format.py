"""The plain format of legal texts: headings, paragraphs and lists, and no HTML.

The template writes the HTML and escapes each text, so nobody can put a script into a legal page.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class BlockKind(StrEnum):
    HEADING = "heading"
    SUBHEADING = "subheading"
    PARAGRAPH = "paragraph"
    LIST = "list"


@dataclass(frozen=True)
class Block:
    kind: BlockKind
    text: str = ""
    items: list[str] = field(default_factory=list)


HEADINGS = {"#": BlockKind.HEADING, "##": BlockKind.SUBHEADING}


def parse_blocks(body: str) -> list[Block]:
    return list(_merge(_lines(body)))


def _lines(body: str) -> Iterator[Block | None]:
    """Yield a block for each line, and None for an empty one."""
    for line in body.splitlines():
        text = line.strip()
        mark, _space, rest = text.partition(" ")
        if not text:
            yield None
        elif mark in HEADINGS:
            yield Block(HEADINGS[mark], rest)
        elif mark == "-":
            yield Block(BlockKind.LIST, items=[rest])
        else:
            yield Block(BlockKind.PARAGRAPH, text)


def _merge(lines: Iterator[Block | None]) -> Iterator[Block]:
    """Join the lines of a paragraph, the points of a list, and lines that continue a point."""
    open_block: Block | None = None
    for line in lines:
        if open_block and line and line.kind in {BlockKind.PARAGRAPH, BlockKind.LIST}:
            joined = _join(open_block, line)
            if joined:
                open_block = joined
                continue
        if open_block:
            yield open_block
        open_block = line
    if open_block:
        yield open_block


def _join(block: Block, line: Block) -> Block | None:
    match block.kind, line.kind:
        case BlockKind.PARAGRAPH, BlockKind.PARAGRAPH:
            return Block(BlockKind.PARAGRAPH, f"{block.text} {line.text}")
        case BlockKind.LIST, BlockKind.LIST:
            return Block(BlockKind.LIST, items=[*block.items, *line.items])
        case BlockKind.LIST, BlockKind.PARAGRAPH:
            *before, last = block.items
            return Block(BlockKind.LIST, items=[*before, f"{last} {line.text}"])
    return None
