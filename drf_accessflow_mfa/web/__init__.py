"""The HTML edge: parse, call one service, render. Twin of ``api``."""
