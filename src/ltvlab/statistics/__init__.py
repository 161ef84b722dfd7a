"""Intervals, survival curves and comparisons on plain arrays: no tables of ours, no files, no clock."""
