"""Reading CSV and Excel files with appointments. Nothing in this package uses the database."""
