"""Recordings over HTTP: GET recording?document=ID, with ranges, as the page's players ask for them.

Nothing of the library's folder is opened to gradio's own file route. A page with a login asks for
it here too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response

from index.media import MEDIA_TYPES, recording_of
from page.links import RECORDINGS

if TYPE_CHECKING:
    from index.library import Library


def serve_recordings(app: FastAPI, library: Library) -> None:
    """Adds the route to the app that gradio serves the page with."""

    def recording(document: str) -> Response:
        """The recording beside a transcript that the library holds; no other file."""
        path = recording_of(library.path, document) if library.headings([document]) else None
        if path is None:
            return Response(status_code=404)
        return FileResponse(
            path,
            media_type=MEDIA_TYPES[path.suffix.lower()],
            headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache"},
        )

    guarded = next(route for route in app.routes if getattr(route, "path", "") == "/config")
    app.add_api_route(
        f"/{RECORDINGS}",
        recording,
        methods=["GET", "HEAD"],
        response_model=None,
        dependencies=guarded.dependencies,  # gradio's own check of a login
        include_in_schema=False,
    )
