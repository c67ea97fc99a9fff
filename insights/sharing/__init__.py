"""What a practice shows in public: a report, a badge, and a star page for its reception."""
