"""Recognise files that are no list by their first bytes, before they are stored."""

import codecs
from typing import BinaryIO

from patients.lists import limits
from patients.lists.csv_files import detect_utf16_without_bom
from patients.lists.problems import ListProblem

PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
ARCHIVES = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
WEB_PAGES = (b"<!doctype html", b"<html", b"<table", b"<?xml", b"<svg", b"<head", b"<meta")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BLANKS = b" \t\r\n\0\x1a"
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1a\x1b"))
MAX_CONTROLS_SHARE = 0.02
CHUNK = 1024 * 1024


def sniff(head: bytes, filename: str) -> None:
    """Raise ListProblem if the file cannot be a list. `head` is its beginning."""
    text = head
    for mark in MARKS:
        text = text.removeprefix(mark)
    if not text.strip(BLANKS):
        raise ListProblem("empty")
    if head.startswith(PICTURES) or head[4:8] == b"ftyp" or head[8:12] == b"WEBP":
        raise ListProblem("picture")
    if head.startswith(b"BM") and b"\0" in head[:32]:
        raise ListProblem("picture")
    if head.startswith(b"%PDF"):
        raise ListProblem("pdf")
    if head.startswith(ARCHIVES):
        raise ListProblem("archive")
    if head.startswith(OLE):
        is_locked = ENCRYPTED_PACKAGE in head or filename.lower().endswith((".xlsx", ".xlsm"))
        raise ListProblem("password" if is_locked else "old_workbook")
    if text.lstrip().lower().startswith(WEB_PAGES):
        raise ListProblem("web_page")
    if not head.startswith((b"PK", *MARKS)) and detect_utf16_without_bom(head) is None:
        controls = len(head) - len(head.translate(None, CONTROLS))
        if controls > max(MAX_CONTROLS_SHARE * len(head), 2):
            raise ListProblem("not_a_list")


def sniff_whole(file: BinaryIO, filename: str) -> bytes:
    """Like `sniff`, with checks that need the whole file. Return its first bytes."""
    size = file.seek(0, 2)
    if size > limits.BYTES:
        raise ListProblem("too_big", limit=limits.BYTES)
    file.seek(0)
    head = file.read(4096)
    if head.startswith(OLE) and _contains(file, ENCRYPTED_PACKAGE):
        raise ListProblem("password")
    sniff(head, filename)
    return head


def _contains(file: BinaryIO, needle: bytes) -> bool:
    file.seek(0)
    end_of_previous = b""
    while chunk := file.read(CHUNK):
        if needle in end_of_previous + chunk:
            return True
        end_of_previous = chunk[-len(needle) :]
    return False
