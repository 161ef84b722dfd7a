"""One file per question: tables in, a small table out, and `conclude` to say what it means."""
