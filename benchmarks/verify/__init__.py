"""What it costs to verify one code."""
