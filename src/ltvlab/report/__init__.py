"""The monthly report: run the notebooks, check what they show, render, verify, publish."""
