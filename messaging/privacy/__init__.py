"""What is held about one person: found, handed over, forgotten; and how long anything is kept."""
