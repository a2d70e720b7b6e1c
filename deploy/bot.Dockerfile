# The bot: page, engine, safety net, content. Build from the checkout's root:
#   docker build -f deploy/bot.Dockerfile -t betro-bot:VERSION .
# Runs as 10001:10001 on a read-only root; it writes to BETRO_RUN_DIR alone (a tmpfs, 128 MiB or more).
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /app
COPY deploy/environment.sh deploy/environment.sh
COPY deploy/requirements.lock requirements.lock
RUN deploy/environment.sh .venv requirements.lock
COPY bot bot
COPY flows flows
COPY resources resources
COPY deploy/health.py deploy/health.py
# An image with unsafe content is never made.
RUN .venv/bin/python -m compileall -q bot \
    && .venv/bin/python -m bot flows check \
    && .venv/bin/python -m bot resources check \
    && rm -rf .tools .run

FROM python:3.11.14-slim-bookworm
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    BETRO_HOST=0.0.0.0 \
    BETRO_NLU_START=0 \
    BETRO_RUN_DIR=/run/betro
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=3 \
    CMD ["/app/.venv/bin/python", "-I", "-S", "/app/deploy/health.py", "bot"]
ENTRYPOINT ["/app/.venv/bin/python", "-m", "bot"]
CMD ["run"]
