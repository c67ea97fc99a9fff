"""The month as a PDF, for the board and for the waiting room.

`reports.make_report` reads the figures, `board` and `waiting_room` choose what is on the paper,
and `rendering` compiles it with Typst. Texts reach Typst as data, never as markup.
"""
