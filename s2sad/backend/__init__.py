"""From the elementary form to Python text and to loaded functions."""
