from workspaces.legal.plain_format import Block, BlockKind, parse_blocks


def test_headings_paragraphs_and_lists_are_recognised() -> None:
    blocks = parse_blocks("# Uno\nDos\ntres\n\n## Cuatro\n- cinco\n  seis\n- siete\n\nOcho")

    assert blocks == [
        Block(BlockKind.HEADING, "Uno"),
        Block(BlockKind.PARAGRAPH, "Dos tres"),
        Block(BlockKind.SUBHEADING, "Cuatro"),
        Block(BlockKind.LIST, items=["cinco seis", "siete"]),
        Block(BlockKind.PARAGRAPH, "Ocho"),
    ]


def test_marks_without_a_space_are_text() -> None:
    assert parse_blocks("#uno") == [Block(BlockKind.PARAGRAPH, "#uno")]
