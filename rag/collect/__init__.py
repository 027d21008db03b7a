"""Answers out of many places: quotes by speaker, lists of all that is said, sources that differ."""
