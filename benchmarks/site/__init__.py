"""One Django project with every guard that is measured, and a plain view beside them."""
