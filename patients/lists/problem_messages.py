"""The text for each problem code: what happened, and what to do about it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from patients.lists import limits
from patients.lists.fields import Field

FIELD_NAMES = {
    Field.NAME: _("Full name"),
    Field.FIRST_NAME: _("First names"),
    Field.LAST_NAME: _("Last names"),
    Field.PHONE: _("Mobile phone"),
    Field.OTHER_PHONE: _("Another phone"),
    Field.EMAIL: _("E-mail"),
    Field.APPOINTMENT_TIME: _("Date and time of the appointment"),
    Field.APPOINTMENT_DATE: _("Date of the appointment"),
    Field.APPOINTMENT_HOUR: _("Time of the appointment"),
    Field.APPOINTMENT_TYPE: _("Kind of appointment"),
    Field.DOCTOR: _("Doctor"),
    Field.STATUS: _("Status of the appointment"),
    Field.CONSENT: _("Consent"),
    Field.CHANNEL: _("Channel"),
    Field.LANGUAGE: _("Language"),
}

FILE_PROBLEMS = {
    "empty": _("The file is empty. Check that it is the right one and was saved."),
    "only_headings": _("The file has headings but no appointments below them."),
    "picture": _("This is a picture, not a list. Upload the list as CSV or Excel (.xlsx)."),
    "pdf": _("This is a PDF. Export the list from your system as CSV or Excel (.xlsx)."),
    "archive": _("This is a compressed file. Take the list out of it and upload that."),
    "web_page": _(
        "This is a web page under the name of a spreadsheet. Open it in Excel, choose “Save as” "
        "and the type “Excel workbook (.xlsx)”, and upload that."
    ),
    "not_a_list": _("This file holds no text. Export the list as CSV or Excel (.xlsx)."),
    "old_workbook": _(
        "This is an old or a special kind of Excel file. Open it in Excel, choose “Save as” and "
        "the type “Excel workbook (.xlsx)”, and upload that."
    ),
    "opendocument": _(
        "This is an OpenDocument spreadsheet. Choose “Save as” and the type “Excel (.xlsx)” or "
        "“CSV”, and upload that."
    ),
    "password": _(
        "This workbook is protected with a password. Save it without the password and upload it "
        "again."
    ),
    "not_a_workbook": _("This is no Excel workbook, though its name or content says so."),
    "damaged_workbook": _(
        "This workbook is damaged. Open it in Excel, save it under another name and upload that."
    ),
    "unsafe_workbook": _(
        "This workbook holds something that no spreadsheet program writes, so it is not opened. "
        "Copy the list into a new workbook and upload that."
    ),
    "zip_bomb": _(
        "Unpacked, this workbook would be far too large. Copy the list into a new workbook and "
        "upload that."
    ),
    "too_big": _("The file is larger than %(megabytes)s MB. Split it and upload the parts."),
    "too_many_rows": _("The list has more than %(limit)s rows. Split it and upload the parts."),
    "too_many_columns": _(
        "The list has %(columns)s columns; at most %(limit)s can be read. Delete those that are "
        "not needed."
    ),
    "cell_too_large": _(
        "A cell near row %(row)s holds more than %(limit)s characters. Often a quotation mark "
        "that is never closed is the cause. Correct it and upload the file again."
    ),
    "record_too_long": _(
        "The row %(row)s goes on for more than %(limit)s lines. Often a quotation mark that is "
        "never closed is the cause. Correct it and upload the file again."
    ),
    "text_too_large": _(
        "The workbook holds a text of more than %(limit)s characters. Shorten it, or copy the list "
        "into a new workbook and upload that."
    ),
    "too_many_cells": _(
        "The sheet has too many cells. Copy the list alone into a new workbook and upload that."
    ),
    "took_too_long": _(
        "Reading the list took too long, so it was stopped and nobody was taken in. Split it and "
        "upload the parts."
    ),
    "too_much_memory": _(
        "Reading the list took too much memory, so it was stopped and nobody was taken in. Save it "
        "as CSV, or split it and upload the parts."
    ),
    "was_killed": _(
        "Reading the list was interrupted several times, so it was given up and nobody was taken "
        "in. Split it and upload the parts; if that fails too, write to us."
    ),
    "no_room": _(
        "There was no room on our server to read the list, so nobody was taken in. Upload it again "
        "in a while; if it stays like this, write to us."
    ),
    "nul_byte": _(
        "Near row %(row)s there is a character that is no text, so the file may be damaged. "
        "Open it in a spreadsheet program, save it again and upload that."
    ),
    "sheet_unknown": _("The workbook has no sheet called “%(sheet)s”. Choose another."),
    "no_address_column": _(
        "No column holds a phone or an e-mail. Choose which one does, or add one to the list."
    ),
    "no_time_column": _(
        "No column holds the date of the appointment. Choose which one does, or add one to the "
        "list."
    ),
    "column_unknown": _("The list has no column called “%(column)s”. Choose another."),
    "campaign_ended": _("This campaign has ended, so nobody is asked in it any more."),
    "file_gone": _("The uploaded file is no longer kept. Upload it again."),
    "unexpected": _(
        "The list could not be read, and we were told. Try again; if it fails once more, save it "
        "as CSV or Excel (.xlsx) anew and upload that."
    ),
    "column_twice": _("The column “%(column)s” was chosen twice: for %(fields)s. Choose one."),
}

ROW_PROBLEMS = {
    "unreachable": _("There is neither a phone nor an e-mail. Add one of them."),
    "phone_invalid": _(
        "“%(value)s” is no valid phone. Check that no digit is missing or too many; numbers of "
        "other countries begin with +."
    ),
    "phone_eaten": _(
        "Excel shortened this phone to “%(value)s” and its last digits are lost. Make the column "
        "wider or format it as text, type the phone again and save."
    ),
    "phone_landline": _(
        "“%(value)s” cannot receive text messages. Add a mobile phone or an e-mail."
    ),
    "email_invalid": _("“%(value)s” is no valid e-mail, and there is no phone. Correct one."),
    "time_missing": _("The date or the time of the appointment is missing. Add it."),
    "time_invalid": _(
        "“%(value)s” is no date or time that exists. Write it like 20/11/2026 09:30, in the same "
        "order as in the other rows."
    ),
    "time_far": _(
        "The date %(value)s is more than two years away. Check the year and the order of day and "
        "month."
    ),
    "channel_unknown": _(
        "“%(value)s” is no channel. Write SMS, WhatsApp or e-mail, or leave the cell empty."
    ),
    "language_unknown": _(
        "“%(value)s” is no language that we write. Use Spanish, English or Portuguese, or leave "
        "the cell empty."
    ),
    "name_with_address": _(
        "“%(value)s” has a web or e-mail address where the patient’s name should be. Write only "
        "the name."
    ),
    "name_too_long": _("The name is longer than %(limit)s characters. Shorten it."),
    "cell_too_long": _("The cell in “%(column)s” is longer than %(limit)s characters. Shorten it."),
    "formula": _(
        "The cell in “%(column)s” holds a formula without a result. Write the value itself, or "
        "open the file in Excel and save it again."
    ),
}

# The row is accepted without the part that cannot be used.
WARNINGS = {
    "phone_unused": _("“%(value)s” is no valid phone, so only the e-mail is used."),
    "email_unused": _("“%(value)s” is no valid e-mail, so only the phone is used."),
}

REASONS_NOT_TO_ASK = {
    "did_not_happen": _("Will not be asked: the appointment was cancelled or missed."),
    "no_consent": _("Will not be asked: there is no consent."),
    "opted_out": _("Will not be asked: the person wants no messages."),
    "held": _(
        "Will not be asked until somebody decides whether the person wants messages: they wrote "
        "something that may be an opt-out."
    ),
    "number_dead": _("Will not be asked: the number or address cannot receive messages."),
    "asked_lately": _("Will not be asked: the person was asked only recently."),
    "too_old": _("Will not be asked: the appointment was too long ago."),
    "erased": _("The person asked for their data to be deleted, so they are not taken in again."),
    "repeated": _("The same appointment stands further up in this list."),
}

MESSAGES = {**FILE_PROBLEMS, **ROW_PROBLEMS, **WARNINGS, **REASONS_NOT_TO_ASK}
CODES = frozenset(MESSAGES)


class ProblemDetails(dict[str, Any]):
    """Shows … for a detail that was not stored, instead of raising KeyError."""

    def __missing__(self, key: str) -> str:
        return "…"


def problem_message(code: str, details: Mapping[str, Any]) -> str:
    values = ProblemDetails(details)
    values["megabytes"] = limits.BYTES // 1024**2
    if isinstance(values.get("fields"), list | tuple):
        values["fields"] = ", ".join(f"“{FIELD_NAMES[Field(field)]}”" for field in values["fields"])
    return str(MESSAGES[code]) % values
