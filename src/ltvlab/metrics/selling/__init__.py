"""What selling did to customers: pitches, gates then, what followed, and offers acted on or not."""
