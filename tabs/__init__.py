"""The page's tabs: gradio's components and how clicks travel between them. app.py puts them
together; what they show and do is page/'s, which knows no gradio."""

from typing import Any

# What the page does by itself, and is no endpoint.
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
# What takes no time is answered in its own request. All else shares one stream, which gradio closes
# as the last event ends; a page that asks something within that moment loses its connection.
AT_ONCE: dict[str, Any] = {**PRIVATE, "queue": False}
# What changes the library waits for what is changing it.
ONE_WRITER: dict[str, Any] = {"concurrency_id": "library", "concurrency_limit": 1}
# Questions have a line of their own, before which nobody waits.
ASKING: dict[str, Any] = {"concurrency_limit": None}
