"""What a practice shows in public: a report, a badge, a star page at its reception."""
