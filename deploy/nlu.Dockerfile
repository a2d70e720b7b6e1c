# The understanding, trained while the image is built. Build from the checkout's root:
#   docker build -f deploy/nlu.Dockerfile -t betro-nlu:VERSION .
# Runs as 10002:10002 on a read-only root with a tmpfs at /tmp, where it unpacks its model. Only for a
# private network: it refuses to start without BETRO_NLU_TOKEN.
FROM python:3.11.14-slim-bookworm AS build
# One old package of Rasa's has no wheel for Python 3.11 and is compiled. The compiler's version is left
# open: Debian drops each with the next one, and none of it is in the image.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY deploy/environment.sh deploy/environment.sh
COPY nlu/requirements.lock nlu/requirements.lock
RUN deploy/environment.sh nlu/.venv nlu/requirements.lock
COPY resources/taxonomy.yml resources/taxonomy.yml
COPY nlu nlu
# Leaves the model in nlu/models and the spaCy pipeline it names in nlu/.rasa.
RUN nlu/.venv/bin/python nlu/train.py
# What only training needs is four fifths of the environment.
COPY deploy/nlu-training-only.txt deploy/nlu-training-only.txt
RUN .tools/bin/uv pip uninstall --quiet --python nlu/.venv -r deploy/nlu-training-only.txt \
    && rm -rf nlu/.cache nlu/data nlu/held_out nlu/behaviour \
    && nlu/.venv/bin/python -m compileall -q nlu/*.py nlu/components

FROM python:3.11.14-slim-bookworm
WORKDIR /app
COPY --from=build /app/nlu nlu
COPY deploy/health.py deploy/health.py
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    BETRO_NLU_ALLOW_PUBLIC=1
USER 10002:10002
EXPOSE 5005
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=3 \
    CMD ["/app/nlu/.venv/bin/python", "-I", "-S", "/app/deploy/health.py", "nlu"]
ENTRYPOINT ["/app/nlu/.venv/bin/python", "/app/nlu/serve.py"]
CMD ["--host", "0.0.0.0", "--port", "5005"]
