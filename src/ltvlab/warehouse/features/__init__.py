"""What is known of each customer as of a date, one file per source; nothing dated after it."""
