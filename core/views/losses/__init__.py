"""Formulas: what the page of losses shows of one pixel, one image and one data set."""
