"""Lists of appointments on their way in: uploaded, surveyed, checked, run, and taken back."""
