"""Everything that comes in. A call is checked, kept as it came and answered at once; what it means
is worked out afterwards from the inbox, in any order and as often as need be."""
