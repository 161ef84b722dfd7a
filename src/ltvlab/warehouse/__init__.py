"""From canonical tables to the monthly panel, the matrix and the customer features."""
