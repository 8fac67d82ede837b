"""What attackers and unlucky moments do to the running product."""
