"""Serving the page to a team and to programs: who may come in, what they may send, what is kept of
their questions, and the tools of the Model Context Protocol. It knows no gradio; app.py puts it
around the page."""
