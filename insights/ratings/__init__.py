"""The list of all ratings and comments, and of the visits behind every other figure."""
