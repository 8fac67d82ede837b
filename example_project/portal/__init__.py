"""A small access portal: what a team's own product around the package can look like."""
