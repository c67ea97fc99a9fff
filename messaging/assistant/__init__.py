"""Suggestions by a language model of another company, for clinics that have agreed to it.

It is off unless the installation sets `AI_PROVIDER`, and off for a clinic until its owner turns it
on. It suggests an answer to a patient, which a member edits and sends, and writes the text of the
month in a page. It never sends anything to a patient. docs/assistant.md explains what is sent.
"""
