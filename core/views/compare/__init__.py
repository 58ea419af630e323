"""Comparing: several runs beside each other, and what the difference between them did."""
