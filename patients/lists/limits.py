"""Ceilings for one list. A file beyond them is a mistake or an attack."""

BYTES = 50 * 1024 * 1024
ROWS = 200_000
COLUMNS = 200

# Per clinic: lists that are not imported yet, and bytes of stored files.
WAITING_LISTS = 50
STORED = 1024 * 1024 * 1024

# Per step of an import. A list of the largest size needs a small part of either.
SECONDS = 600
MEMORY = 512 * 1024 * 1024

# The longest cell that a spreadsheet can hold. A longer one comes from an unclosed quotation mark.
CELL = 32_767

# Letters in the cells of a workbook. A text is stored once and referred to by many cells, so a file
# of some kilobytes could hold gigabytes. A CSV of the largest size has a quarter of this.
LETTERS = 200_000_000

# Lines of one CSV record. After a stray quotation mark the reader looks at most this far ahead, so
# that reading takes time in proportion to the length of the file.
LINES_PER_RECORD = 64

# XML elements of one sheet, its texts, and its rows: as many as Excel has, empty ones included.
ELEMENTS = 40_000_000
TEXTS = 4_000_000
SHEET_ROWS = 1_048_576

# XML elements of a part that only describes the workbook, such as its styles.
DESCRIPTIONS = 1_000_000

# Bytes of one tag, comment or declaration inside a workbook. expat reads an unfinished one again
# from its beginning with every chunk.
TAG = 1024 * 1024

# A row with a cell further right than this is refused.
COLUMNS_SEEN = 1_000
# Whole numbers below this are exact in a spreadsheet.
EXACT = 10**15
