"""The JSON edge, over HTTP in one process."""
