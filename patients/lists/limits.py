"""How much of a list is read; beyond these a file is a mistake, or an attack."""

BYTES = 50 * 1024 * 1024
ROWS = 200_000
COLUMNS = 200

# Of one clinic: lists that are not in yet, and bytes of files that are still kept.
WAITING_LISTS = 50
STORED = 1024 * 1024 * 1024

# One step of an import: reading a list of the largest size takes a small part of either.
SECONDS = 600
MEMORY = 512 * 1024 * 1024

# What a cell of a spreadsheet can hold; more comes from a quotation mark that never closes.
CELL = 32_767

# Lines of one record of a CSV. Each stray quotation mark makes the reader look at most this far
# ahead, so that reading a file takes time in proportion to its length.
LINES_PER_RECORD = 64

# Elements of one sheet, and rows, the empty ones included, as many as Excel has.
ELEMENTS = 40_000_000
TEXTS = 4_000_000
SHEET_ROWS = 1_048_576

# Elements of a part that only describes the workbook, such as its styles.
DESCRIPTIONS = 1_000_000

# Bytes of one tag, comment or declaration inside a workbook; expat reads an unfinished one anew
# with every chunk.
TAG = 1024 * 1024

# Cells further right than this are not even looked at.
COLUMNS_SEEN = 1_000
# Numbers below this are exact in a spreadsheet.
EXACT = 10**15
