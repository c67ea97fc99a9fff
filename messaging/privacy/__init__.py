"""The rights of a person: find, export and erase their data; and how long data is kept."""
