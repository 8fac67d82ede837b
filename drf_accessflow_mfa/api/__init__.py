"""The JSON edge: parse, call one service, render."""
