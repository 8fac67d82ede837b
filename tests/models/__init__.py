"""What the rows keep, and what they never show."""
