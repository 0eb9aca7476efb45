"""From source text to the elementary form."""
