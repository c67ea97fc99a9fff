"""How much of a list is read; beyond these a file is a mistake, or an attack."""

BYTES = 50 * 1024 * 1024
ROWS = 200_000
COLUMNS = 200

# What a cell of a spreadsheet can hold; more comes from a quotation mark that never closes.
CELL = 32_767

# Cells further right than this are not even looked at.
COLUMNS_SEEN = 1_000
# Numbers below this are exact in a spreadsheet.
EXACT = 10**15
