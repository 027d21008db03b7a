"""Web pages, Word and PDF: each becomes lines for the reader of text."""
