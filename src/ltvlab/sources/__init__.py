"""From a company's files to canonical tables: read, map, parse, check, and refuse with a reason."""
