"""What a file is by its first bytes, so that the wrong one is refused before it is stored."""

from patients.lists.problems import ListProblem

PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sniff(head: bytes, filename: str) -> None:
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise ListProblem("empty")
    if head.startswith(PICTURES):
        raise ListProblem("picture")
    if head.startswith(b"%PDF"):
        raise ListProblem("pdf")
    if head.startswith(OLE):
        raise ListProblem("old_workbook")
    del filename
