"""What the tests stand on: real servers, real databases, real authenticators, real clients."""
