"""What people see, in a real browser, against the example under gunicorn."""
