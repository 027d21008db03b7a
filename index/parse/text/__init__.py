"""Plain text and Markdown: head, labels, pages of print, and what was said between."""
