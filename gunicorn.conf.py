"""How gunicorn serves the bridge: `gunicorn app:app` finds this file by itself.

Threads, because a payment waits for others most of its time. Hosts kill 30 seconds after SIGTERM, so what is
under way has 25. Connections stay open for longer than a router in front keeps them, or it would meet closed
ones.
"""

import os
import sys
from datetime import timedelta
from typing import Any

from dotenv import dotenv_values
from gunicorn.glogging import Logger

from monext_bridge import logs
from monext_bridge.config import load_settings
from monext_bridge.errors import SettingsError


class JsonLogger(Logger):
    """gunicorn's own lines and its access log in the form of all others, and never a query string."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        logs.configure(cfg.loglevel.upper())
        for logger in (self.error_log, self.access_log):
            logger.handlers.clear()
            logger.propagate = True
        self.access_log.setLevel("NOTSET")

    @property
    def access_log_enabled(self) -> bool:
        """Always, whatever a host forces on the command line; LOG_LEVEL says whether it is shown."""
        return True

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        logs.access(
            self.access_log,
            method=req.method,
            path=environ.get("PATH_INFO", ""),
            status=resp.status_code,
            ms=round(request_time.total_seconds() * 1000),
            headers=resp.headers,
        )


from_file = {name: value for name, value in dotenv_values(".env").items() if value is not None}
try:
    settings = load_settings({**from_file, **os.environ})
except SettingsError as error:
    sys.exit(str(error))

bind = f"0.0.0.0:{settings.port}"
workers = settings.web_concurrency
worker_class = "gthread"
threads = 32
graceful_timeout = 25
keepalive = 95
preload_app = True
max_requests = 2000
max_requests_jitter = 400
# One path for every gunicorn of a user, and nobody here needs to steer a running one.
control_socket_disable = True
loglevel = settings.log_level.lower()
logger_class = JsonLogger
