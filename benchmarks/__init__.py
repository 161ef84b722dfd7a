"""Speed beside what one would use instead, as ratios within one run."""
