"""Turning what a list, an API call or another system says about an appointment into a patient.

Nothing in this package reads or writes the database.
"""
