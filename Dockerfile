# One image for web, live events, worker and beat; docker-compose.yml says which is which.
FROM python:3.12-slim-bookworm AS build
WORKDIR /app
COPY . .
# The same steps as make run takes: packages by hash, Node from its Python package, the front end, static files.
# The folder of data is thrown away: an image holds no secret key.
RUN DATA_DIR=/tmp/build python -m bootstrap build \
    && rm -rf .venv-node frontend/node_modules /tmp/build

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data plumbline \
    && install --directory --owner=plumbline --mode=0700 /data
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    HOST=0.0.0.0 \
    PORT=8000
USER plumbline
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "config.runtime.web"]
