# Turncite with its models: docker build -t turncite . ; docs/serving.md says how to run it.
# BASE may name a mirror or a digest (python@sha256:...); constraints.txt was made on Python 3.11.
ARG BASE=python:3.11.14-slim-bookworm

FROM ${BASE} AS build
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/turncite
# The dependencies alone first: a change of Turncite's own code does not install them anew.
COPY pyproject.toml constraints.txt README.md LICENSE app.py ./
RUN /opt/turncite/bin/pip install -c constraints.txt --extra-index-url "$TORCH_INDEX" '.[mcp]'
COPY index index
COPY page page
COPY rag rag
COPY serving serving
COPY tabs tabs
RUN /opt/turncite/bin/pip install --no-deps --force-reinstall . \
    && /opt/turncite/bin/pip uninstall --yes pip \
    && python -m compileall -q -j 0 /opt/turncite/lib

FROM ${BASE}
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Turncite" \
      org.opencontainers.image.description="Questions of transcripts, answered in exact quotes" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION"
# Nothing is written but to /library, the volume, and /tmp.
RUN install -d -o 10001 -g 10001 /library
COPY --from=build /opt/turncite /opt/turncite
ENV PATH=/opt/turncite/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TURNCITE_LIBRARY=/library
USER 10001:10001
WORKDIR /tmp
VOLUME /library
EXPOSE 7860
# As the first process of a container only Ctrl-C's signal ends it; and it ends it well.
STOPSIGNAL SIGINT
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:7860/health')"]
ENTRYPOINT ["turncite"]
CMD ["serve", "--host", "0.0.0.0"]
