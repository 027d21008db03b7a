"""CSV, TSV and their like: rows, and which columns hold speakers, words and times."""
