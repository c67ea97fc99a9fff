"""Reading a list of appointments, whatever the spreadsheet did to it. No database in here."""
