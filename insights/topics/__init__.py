"""What patients' words are about: how often each topic is named, how it is rated, and the words."""
