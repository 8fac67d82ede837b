"""Whole stories, as a user of the running product lives them."""
