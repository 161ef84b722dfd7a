"""Measures that more than one analysis uses, each a few lines over the monthly matrix."""
