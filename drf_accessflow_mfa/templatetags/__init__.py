"""Template tags for the templates of any project."""
