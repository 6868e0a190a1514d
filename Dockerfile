# Agencements in a container: no root, nothing written outside /data and /tmp, no token and no password inside.
# The first token is made on the same volume: docker compose run --rm app agencements token add --role pilot --name Bureau
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE THIRD_PARTY_NOTICES.md ./
COPY graph graph
COPY queries queries
COPY ingest ingest
COPY viz viz
COPY api api
COPY examples examples
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
 && python -m venv /opt/agencements \
 && /opt/agencements/bin/python -m pip install --no-cache-dir "$(ls /wheels/*.whl)[fast]"

FROM python:3.11-slim
COPY --from=build /opt/agencements /opt/agencements
RUN groupadd --gid 10001 agencements \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin agencements \
 && install --directory --owner=10001 --group=10001 --mode=0700 /data
ENV PATH="/opt/agencements/bin:/usr/local/bin:/usr/bin:/bin" \
    PYTHONDONTWRITEBYTECODE="1" \
    PYTHONUNBUFFERED="1" \
    NUMBA_CACHE_DIR="/tmp/numba" \
    AGENCEMENTS_STORE="sqlite:////data/agencements.db" \
    AGENCEMENTS_TOKENS="/data/agencements-tokens.json"
WORKDIR /data
VOLUME ["/data"]
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health', timeout=4)"]
# a list, so that the server itself receives the signal to stop
CMD ["agencements", "serve", "--host", "0.0.0.0", "--port", "8000"]
