"""MRR month by month from here on: what is held, what joins, and what levers would change (D43)."""
