"""How `make serve` runs the example: four worker processes on one port."""

import os

wsgi_app = "example_project.wsgi:application"
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = 4
preload_app = True
accesslog = "-"
control_socket_disable = True
