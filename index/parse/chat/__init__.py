"""Chat and IRC logs: messages, and what a scribe took down of others."""
