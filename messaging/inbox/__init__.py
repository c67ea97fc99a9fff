"""The inbox: conversations with patients whose texts only a person can answer."""
