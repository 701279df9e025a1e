# The bridge as an image: its code and its locked packages. It runs as nobody in particular, and writes to /tmp alone, so
# that it can be started with a root that is read only (docs/deployment.md).
ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS packages
COPY requirements.txt /
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.txt

FROM python:${PYTHON}-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1
COPY --from=packages /opt/venv /opt/venv
WORKDIR /bridge
COPY app.py gunicorn.conf.py pyproject.toml LICENSE ./
COPY monext_bridge monext_bridge
COPY templates templates
COPY static static
COPY translations translations
COPY deploy deploy
# Nobody may write here later, so what is compiled is compiled now: a start saves a second of a core.
RUN python -m compileall -q app.py monext_bridge && python -c 'import monext_bridge.web'
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT', 8000)}/health\", timeout=4)"]
CMD ["gunicorn", "app:app"]
