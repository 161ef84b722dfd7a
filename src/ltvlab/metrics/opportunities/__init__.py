"""Whom to talk to, about what: one file per kind of list, and what every row of them carries."""
