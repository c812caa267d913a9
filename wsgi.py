"""For a WSGI server and for `flask --app wsgi`."""

from helpdesk.app import create_app

app = create_app()
