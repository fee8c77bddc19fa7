"""Where a web server finds the app: `gunicorn -c gunicorn.conf.py wsgi:server`."""

import config
from server import create_app

server = create_app(config.read())
