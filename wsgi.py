"""Where a web server finds the app: `gunicorn -c gunicorn.conf.py wsgi:server`."""

from server import create_app, read_config

server = create_app(read_config())
