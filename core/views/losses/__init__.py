"""Losses: what the page shows about one pixel, one image and one data set."""
